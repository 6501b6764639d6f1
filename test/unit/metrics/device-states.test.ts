import { describe, expect, test } from 'vitest';
import { DeviceStates } from '../../../src/metrics/device-states.ts';

const never = () => false;
/** Ten devices of the middle of a run. */
const states = () => new DeviceStates({ from: 100, to: 110 });
const codes = (devices: DeviceStates) => devices.failures(never).map(({ code }) => code);

describe('a device', () => {
  // HTTP's status codes as a DPS answers with them: 202 goes on, from 429 on the device has to come again.
  test.each([
    [0, 'dps.UNFINISHED'],
    [200, 'dps.UNFINISHED'],
    [201, 'dps.UNFINISHED'],
    [202, 'dps.UNFINISHED_ASSIGNING'],
    [203, 'dps.UNFINISHED'],
    [428, 'dps.UNFINISHED'],
    [429, 'dps.UNFINISHED_PUT_OFF'],
    [430, 'dps.UNFINISHED_PUT_OFF'],
  ])('whose registration last had the answer %i is at %s', (status, code) => {
    const devices = states();
    devices.arrive(100, 0);
    devices.register(100, status, 0);
    expect(codes(devices)).toEqual([code]);
  });

  test('that is on its way is where its last step was', () => {
    const devices = states();
    expect(codes(devices)).toEqual([]);
    devices.arrive(105, 10);
    expect([codes(devices), devices.since(105)]).toEqual([['tcp.UNFINISHED'], 10]);
    devices.accept(105, 20);
    expect([codes(devices), devices.since(105)]).toEqual([['tls.UNFINISHED'], 20]);
    devices.encrypt(105, 30);
    expect([codes(devices), devices.since(105)]).toEqual([['mqtt.UNFINISHED'], 30]);
    devices.dial(105, 40);
    expect([codes(devices), devices.since(105)]).toEqual([['tcp.UNFINISHED'], 40]);
    expect(devices.failures(never)[0]?.example).toBe('device 105: still waiting');
    devices.connect(105);
    expect(codes(devices)).toEqual([]);
    expect([devices.wasConnected(105), devices.wasConnected(104)]).toEqual([true, false]);
  });

  test('that fails more than once is one that fails, until it connects', () => {
    const devices = states();
    for (const k of [100, 109]) devices.arrive(k, 0);
    devices.fail(100, 'tcp.A', 'one', false, 1);
    devices.fail(100, 'tcp.B', 'two', false, 2);
    devices.fail(109, 'tcp.A', 'three', false, 3);
    expect(devices.counts).toMatchObject({ arrived: 2, failing: 2, everConnected: 0, connectedNow: 0 });
    expect(devices.since(100)).toBe(2);
    devices.connect(100);
    expect(devices.counts).toMatchObject({ failing: 1, everConnected: 1, connectedNow: 1 });
    devices.disconnect(100, 5);
    devices.fail(100, 'tcp.A', 'after', false, 6);
    expect(devices.counts).toMatchObject({ failing: 1, everConnected: 1, connectedNow: 0 });
    devices.connect(100);
    expect(devices.counts).toMatchObject({ failing: 1, everConnected: 1, connectedNow: 1 });
    expect(devices.failures(never)).toMatchObject([{ code: 'tcp.A', count: 1, example: 'device 109: three' }]);
  });

  test('whose boot failed is one that fails', () => {
    const devices = states();
    devices.arrive(100, 0);
    devices.bootFail(100, 'chip.X', 'no chip', 1);
    expect(devices.counts).toMatchObject({ failing: 1, bootFailed: 1 });
    expect(devices.failures(never)).toMatchObject([{ code: 'chip.X', late: 0, example: 'device 100: no chip' }]);
  });

  test('was away since it lost its connection, and is one that lost it however often it did', () => {
    const devices = states();
    for (const k of [100, 101]) devices.arrive(k, 0);
    expect(devices.connect(100)).toBeUndefined();
    devices.disconnect(100, 50);
    expect(devices.since(100)).toBe(50);
    expect(devices.connect(100)).toBe(50);
    devices.disconnect(100, 70);
    expect(devices.counts).toMatchObject({ lostOnce: 1, everConnected: 1, connectedNow: 0 });
    expect(devices.connect(100)).toBe(70);
    expect(devices.connect(101)).toBeUndefined();
    expect(devices.counts).toMatchObject({ lostOnce: 1, everConnected: 2, connectedNow: 2 });
  });

  test('fell into lateness by its last failure, or by the beginning of what it still waits for', () => {
    const devices = states();
    for (const k of [100, 101, 102]) devices.arrive(k, 10 * (k - 99));
    devices.fail(102, 'tcp.A', 'late', true, 50);
    const asked: number[] = [];
    const failures = devices.failures((since) => {
      asked.push(since);
      return since < 15;
    });
    expect(asked).toEqual([10, 20]);
    expect(failures.map(({ code, count, late }) => [code, count, late]).sort()).toEqual([
      ['tcp.A', 1, 1],
      ['tcp.UNFINISHED', 2, 1],
    ]);
    devices.fail(102, 'tcp.A', 'in time', false, 60);
    expect(devices.failures(never).find(({ code }) => code === 'tcp.A')?.late).toBe(0);
  });
});

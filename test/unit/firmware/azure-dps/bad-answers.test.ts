import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dpsAnswer } from '../../../../emulator/firmware/azure-dps/dps-answer.ts';
import { recordedHub } from '../../../../emulator/firmware/azure-dps/record.ts';
import { REFUSALS, SERIAL } from '../../../support/azure-refusals.ts';
import { ASSIGNING, AzureBench, dpsWith } from '../../../support/azure-twin.ts';

const DENIED = { status: 401, body: { errorCode: 401002, message: 'Unauthorized' } };

describe('an answer that ends the registration', () => {
  it.each(REFUSALS)('%s, to the request', async (_, reply, cause, result) => {
    const lines: string[] = [];
    const bench = new AzureBench({ dps: dpsWith(reply), console: (line) => lines.push(line) });
    bench.twin.boot();
    await bench.clock.advance(600_000);
    expect(bench.failures).toEqual([`bootFailed dps.${cause}`]);
    expect(lines.slice(-3)).toEqual([
      `Failure encountered on registration PROV_DEVICE_RESULT_${result}`,
      'registration failed!',
      'Registering (null) ...',
    ]);
    // It says DISCONNECT, hangs up, and is quiet: no record, no hub.
    expect(bench.dps.last.packets.at(-1)).toBe('e000');
    expect(bench.dps.last.state).toBe('ended');
    expect(bench.dials).toEqual(['dps.test:8883']);
    expect(bench.clock.nextAlarm).toBeUndefined();
    expect(recordedHub(bench.slot8, { serialNumber: 0, hubName: 20 }, SERIAL)).toBeUndefined();
  });

  it.each(REFUSALS)('%s, to a poll', async (_, reply, cause) => {
    const bench = new AzureBench({ dps: dpsWith(ASSIGNING, reply) });
    bench.twin.boot();
    await bench.clock.advance(600_000);
    expect(bench.failures).toEqual([`bootFailed dps.${cause}`]);
  });

  it('tells what the DPS said, on one line', async () => {
    const bench = new AzureBench({ dps: dpsWith(DENIED) });
    bench.twin.boot();
    await bench.clock.advance(10_000);
    expect(bench.of('bootFailed')[0]?.failure.message).toBe('the DPS answered with status 401: "401002 Unauthorized"');
  });
});

describe('a connection to the DPS that ends in another way', () => {
  const connack = (code: number) => ({
    answer: (_: string, connection: { send(packet: string): void }) => connection.send(`2002000${code}`),
  });
  it.each([
    ['is refused', { tcp: 'refuse' } as const, 'tcp.ECONNREFUSED', 'TRANSPORT'],
    ['is not accepted in time', { tcp: 'silent' } as const, 'tcp.TIMEOUT', 'TRANSPORT'],
    ['is encrypted for nobody', { readMs: Number.POSITIVE_INFINITY }, 'tls.TIMEOUT', 'TRANSPORT'],
    ['CONNACK 1', connack(1), 'dps.CONNACK_1', 'DEV_AUTH_ERROR'],
    ['CONNACK 5', connack(5), 'dps.CONNACK_5', 'DEV_AUTH_ERROR'],
  ])('%s', async (_, dps, cause, result) => {
    const lines: string[] = [];
    const bench = new AzureBench({ dps, console: (line) => lines.push(line) });
    bench.twin.boot();
    await bench.clock.advance(60_000);
    expect(bench.failures).toEqual([`bootFailed ${cause}`]);
    expect(lines.at(-3)).toBe(`Failure encountered on registration PROV_DEVICE_RESULT_${result}`);
    expect(bench.clock.nextAlarm).toBeUndefined();
  });

  it.each<[string, (connection: { send(packet: string): void; closeNotify(): void; hangUp(): void }) => void, string]>([
    ['closes', (connection) => connection.closeNotify(), 'dps.CLOSED'],
    ['is cut', (connection) => connection.hangUp(), 'dps.CLOSED'],
    ['refuses the subscription', (connection) => connection.send('9003000180'), 'dps.SUBSCRIPTION_REFUSED'],
    ['speaks no MQTT', (connection) => connection.send('ffffffffffff'), 'mqtt.MALFORMED'],
  ])('%s after its CONNACK', async (_, act, cause) => {
    const bench = new AzureBench({
      dps: {
        answer: (packet, connection) => (packet.startsWith('10') ? connection.send('20020000') : act(connection)),
      },
    });
    bench.twin.boot();
    await bench.clock.advance(60_000);
    expect(bench.failures).toEqual([`bootFailed ${cause}`]);
  });

  it('a DPS that never answers CONNECT is waited for, for ever', async () => {
    const bench = new AzureBench({ dps: { answer: () => {} } });
    bench.twin.boot();
    await bench.clock.advance(10_000_000);
    expect(bench.failures).toEqual([]);
    expect(bench.dps.last.state).toBe('open');
  });
});

it('an answer is read, whatever its bytes are', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (rest, payload) => {
        const { status, outcome } = dpsAnswer(`$dps/registrations/res/${rest}`, payload);
        expect(status).toBeGreaterThanOrEqual(0);
        expect(status).toBeLessThanOrEqual(999);
        if (outcome.kind === 'refused') expect(outcome.code).toMatch(/^[A-Z]+(_[A-Z]+)*(_\d{1,6})?$/);
      },
    ),
    { seed: 3, numRuns: 2000 },
  );
});

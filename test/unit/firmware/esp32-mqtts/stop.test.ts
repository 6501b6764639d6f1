import { describe, expect, it } from 'vitest';
import type { BrokerScript } from '../../../support/memory-broker.ts';
import { type TwinBench, type TwinSetUp, twinBench } from '../../../support/twin.ts';

/** What may still run after a stop, ms: the chip's commands for one connection, which nothing interrupts. */
const COMMANDS_UNDER_WAY_MS = 700;

/** Stops a device after `ms` and looks at what is left of it. */
async function stopAfter(ms: number, setUp: TwinSetUp): Promise<TwinBench> {
  const bench = await twinBench(setUp);
  const { clock, twin, log, broker } = bench;
  twin.boot();
  await clock.advance(ms);
  const told = log.lines.length;
  const connections = broker.connections.length;
  const packets = broker.connections.flatMap((connection) => connection.packets).length;
  twin.stop();
  await clock.advance(COMMANDS_UNDER_WAY_MS);
  expect(clock.nextAlarm, `an alarm is left of a device stopped at ${ms} ms`).toBeUndefined();
  expect(log.lines.slice(told), `a device stopped at ${ms} ms goes on telling`).toEqual([]);
  expect(broker.connections.slice(connections), `a device stopped at ${ms} ms dials`).toEqual([]);
  for (const connection of broker.connections) expect(connection.state).not.toBe('open');
  expect(broker.connections.flatMap((connection) => connection.packets)).toHaveLength(packets);
  return bench;
}

describe('a device that is stopped', () => {
  it('says close_notify and no DISCONNECT', async () => {
    const { broker } = await stopAfter(5000, {});
    expect(broker.last.alerts).toEqual(['1 0']);
    expect(broker.last.packets.filter((packet) => packet.startsWith('e'))).toEqual([]);
    expect(broker.last.state).toBe('ended');
  });

  it('says nothing when its handshake is not over', async () => {
    const { broker } = await stopAfter(1000, { pace: 'hardware' });
    expect(broker.last.alerts).toEqual([]);
    expect(broker.last.state).toBe('ended');
  });

  it('drops a TCP connection that is not there yet, and does not take it when it comes', async () => {
    const { clock, twin, broker } = await twinBench({ script: { tcpMs: 1000 } });
    twin.boot();
    await clock.advance(500);
    twin.stop();
    await clock.advance(5000);
    expect(broker.last.state).toBe('destroyed');
    expect(broker.last.written).toEqual([]);
  });

  it('leaves no alarm, whenever that is', async () => {
    // The start of a hardware-paced device: 8 commands, 24, 7, CONNECT at 1402 ms, the first sample at about 240 ms.
    for (let ms = 0; ms < 1500; ms += 24.7) await stopAfter(ms, { pace: 'hardware' });
  });

  it('leaves no alarm while the sensor is read, which takes 1.03 ms', async () => {
    const { clock, twin, log } = await twinBench({ pace: 'hardware' });
    twin.boot();
    await clock.advance(11_000);
    const [published = Number.NaN] = log.telemetry;
    for (const before of [1, 0.9, 0.5, 0.1]) await stopAfter(published - before, { pace: 'hardware' });
  });

  it.each<[phase: string, ms: number, script: BrokerScript]>([
    ['as soon as it has connected', 0, {}],
    ['while it dials', 2000, { tcp: 'silent' }],
    ['while it waits for ServerHello', 2000, { readMs: Number.POSITIVE_INFINITY }],
    ['while it waits for CONNACK', 2000, { answer: () => {} }],
    ['while it waits to connect again', 2000, { tcp: 'refuse' }],
    ['while it waits to connect again after a timeout', 12_000, { tcp: 'silent' }],
    ['between two samples', 10_060, {}],
  ])('leaves no alarm %s', async (_, ms, script) => {
    await stopAfter(ms, { script });
  });

  it('does nothing more when it is stopped with its first command under way', async () => {
    const { clock, twin, broker, log, sensorBus } = await twinBench();
    twin.boot();
    twin.stop();
    await clock.advance(30_000);
    expect(broker.connections).toEqual([]);
    expect(sensorBus.transactions).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('may be stopped again', async () => {
    const { clock, twin, broker } = await stopAfter(3000, {});
    twin.stop();
    await clock.advance(0);
    expect(broker.last.alerts).toEqual(['1 0']);
  });
});

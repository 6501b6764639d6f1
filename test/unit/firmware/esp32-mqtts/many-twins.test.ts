import { expect, it } from 'vitest';
import { nodeCrypto } from '../../../../emulator/crypto/index.ts';
import type { Device } from '../../../../emulator/device/index.ts';
import { firmwareOf } from '../../../../emulator/firmware/index.ts';
import { scheduleArrivals, scheduledArrival } from '../../../../src/run/arrivals.ts';
import { MemoryBroker } from '../../../support/memory-broker.ts';
import { EventLog, twinClock, twinFactory } from '../../../support/twin.ts';

const COUNT = 500;
const RATE = 100;
const SIMULATED_MS = 60_000;

it('500 devices live a minute on a manual clock', async () => {
  const { profile, factory, rng, trusted, broker: identity } = twinFactory;
  const made = Array.from({ length: COUNT }, (_, k) => factory.provisionDevice(k));
  const clock = twinClock();
  const broker = new MemoryBroker(clock, identity);
  const build = firmwareOf(profile).fleet(profile, {
    broker: { host: 'broker.test', port: 8883 },
    dial: broker.dial,
    definitions: factory.definitions,
    ...{ trusted, clock, pace: 'fast', crypto: nodeCrypto, rng, parts: rng },
  });
  const twins: Device[] = [];
  const logs: EventLog[] = [];

  scheduleArrivals(clock, {
    count: COUNT,
    dueAt: (k) => scheduledArrival(k, RATE),
    arrive: (k) => {
      const device = made[k];
      if (device === undefined) throw new Error(`device ${k} was not made`);
      const log = new EventLog(clock);
      const twin = build(device, (event) => log.observe(event));
      logs.push(log);
      twins.push(twin);
      twin.boot();
    },
    done: () => {},
  });
  await clock.advance(SIMULATED_MS);

  expect(logs).toHaveLength(COUNT);
  logs.forEach((log, k) => {
    const bootedAt = (k * 1000) / RATE;
    // 40 ms and then every 10.04 s: the sixth comes 50.24 s after the boot, and the last device boots at 4.99 s.
    const expected = Array.from({ length: 6 }, (_, n) => bootedAt + 40 + n * 10_040);
    expect(
      log.telemetry.map((time) => Math.round(time)),
      `telemetry of device ${k}`,
    ).toEqual(expected);
    expect(log.connections).toBe(1);
    expect(log.failures).toEqual([]);
  });
  expect(twins.reduce((sum, twin) => sum + twin.chipCommands, 0)).toBe(COUNT * (8 + 31));
  expect(new Set(twins.map(({ clientId }) => clientId)).size).toBe(COUNT);
  expect(broker.connections).toHaveLength(COUNT);
  for (const connection of broker.connections) expect(connection.packets).toHaveLength(1 + 3 + 2 + 6);

  for (const twin of twins) twin.stop();
  await clock.advance(0);
  expect(clock.nextAlarm).toBeUndefined();
  for (const { alerts } of broker.connections) expect(alerts).toEqual(['1 0']);
});

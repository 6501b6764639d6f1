import { describe, expect, test } from 'vitest';
import type { Observe } from '../../../emulator/device/index.ts';
import { GeneratorWatch, RunMetrics, ShardMetrics } from '../../../src/metrics/index.ts';
import { type Fault, faultOf } from '../../../src/report/index.ts';
import { FleetDevice } from '../../../src/run/fleet-device.ts';
import { mischiefs } from '../../support/mischief.ts';
import { type TwinBench, type TwinSetUp, twinBench, twinClock } from '../../support/twin.ts';

const MUTE = { write: () => ({ ack: 'address-nack' }) as const, read: () => undefined, readyAt: () => undefined };

/** What happens to one device, and what a person would say of it. */
interface Case {
  readonly device?: TwinSetUp;
  /** Share of the time in which the event loop is at work. */
  readonly busy?: number;
  readonly happens: (bench: TwinBench) => Promise<void>;
  readonly generator: 'fine' | 'saturated';
  readonly fault: Fault['side'];
}

const passes =
  (ms: number) =>
  ({ clock }: TwinBench) =>
    clock.advance(ms);

const stops =
  (ms: number) =>
  async ({ clock }: TwinBench) =>
    clock.leap(ms);

const hangsUp = async ({ broker }: TwinBench) => broker.last.hangUp();

const inTurn =
  (...happenings: Case['happens'][]): Case['happens'] =>
  async (bench) => {
    for (const happens of happenings) await happens(bench);
  };

const CASES: Record<string, Case> = {
  'a broker in order': { happens: passes(60_000), generator: 'fine', fault: 'none' },
  'a broker that takes 2 s for each step': {
    ...{ device: { script: { readMs: 2000 } }, happens: passes(60_000) },
    ...{ generator: 'fine', fault: 'none' },
  },
  'a broker that refuses TCP': {
    ...{ device: { script: { tcp: 'refuse' } }, happens: passes(60_000) },
    ...{ generator: 'fine', fault: 'broker' },
  },
  'a broker that does not answer TCP': {
    ...{ device: { script: { tcp: 'silent' } }, happens: passes(60_000) },
    ...{ generator: 'fine', fault: 'broker' },
  },
  'a broker that reads nothing': {
    ...{ device: { script: { readMs: Number.POSITIVE_INFINITY } }, happens: passes(60_000) },
    ...{ generator: 'fine', fault: 'broker' },
  },
  'a broker that does not answer CONNECT': {
    ...{ device: { script: { answer: () => {} } }, happens: passes(60_000) },
    ...{ generator: 'fine', fault: 'broker' },
  },
  'a broker that refuses the client': {
    ...{ device: { script: { answer: (_, connection) => connection.send('20020005') } }, happens: passes(60_000) },
    ...{ generator: 'fine', fault: 'broker' },
  },
  'a broker with a malformed certificate': {
    ...{ device: { script: { mischief: mischiefs.garbageCertificate } }, happens: passes(60_000) },
    ...{ generator: 'fine', fault: 'broker' },
  },
  'a broker that goes away and comes back': {
    async happens({ clock, broker }) {
      await clock.advance(10_000);
      broker.script = { tcp: 'refuse' };
      broker.last.hangUp();
      await clock.advance(20_000);
      broker.script = {};
      await clock.advance(30_000);
    },
    ...{ generator: 'fine', fault: 'broker' },
  },
  'a secure element that does not answer': {
    ...{ device: { secureElement: () => MUTE }, happens: passes(20_000) },
    ...{ generator: 'fine', fault: 'device' },
  },
  'a process that is stopped while it is connected': {
    happens: inTurn(passes(10_000), stops(3000), passes(30_000)),
    ...{ generator: 'saturated', fault: 'none' },
  },
  'a process that is stopped while the answer comes': {
    device: { script: { readMs: 4000 } },
    happens: inTurn(passes(1000), stops(12_000), passes(60_000)),
    ...{ generator: 'saturated', fault: 'none' },
  },
  'a process that is stopped, and a connection that breaks at once': {
    happens: inTurn(passes(10_000), stops(9000), passes(60), hangsUp, passes(30_000)),
    ...{ generator: 'saturated', fault: 'unknown' },
  },
  'a process that was stopped in the middle of a handshake that the broker never answers': {
    device: { script: { readMs: Number.POSITIVE_INFINITY } },
    // The time-out comes eight seconds after the stall.
    happens: inTurn(passes(2000), stops(2000), passes(13_000)),
    ...{ generator: 'saturated', fault: 'unknown' },
  },
  'a process that was stopped, and a connection that breaks long after': {
    happens: inTurn(passes(10_000), stops(3000), passes(30_000), hangsUp, passes(30_000)),
    ...{ generator: 'saturated', fault: 'broker' },
  },
  'a process that is stopped while a broker is away that refuses TCP': {
    async happens({ clock, broker }) {
      await clock.advance(10_000);
      broker.script = { tcp: 'refuse' };
      broker.last.hangUp();
      await clock.advance(5000);
      clock.leap(3000);
      await clock.advance(60_000);
    },
    ...{ generator: 'saturated', fault: 'broker' },
  },
  'a process that is stopped before an attempt that the broker does not answer': {
    async happens({ clock, broker }) {
      await clock.advance(10_000);
      broker.script = { tcp: 'silent' };
      broker.last.hangUp();
      await clock.advance(3000);
      clock.leap(2000);
      // The next attempt begins 15 s after the last connection, long after the stall and what came of it.
      await clock.advance(30_000);
    },
    ...{ generator: 'saturated', fault: 'broker' },
  },
  'a process that has no time left, and a broker that does not answer': {
    ...{ busy: 0.99, device: { script: { tcp: 'silent' } }, happens: passes(60_000) },
    ...{ generator: 'saturated', fault: 'unknown' },
  },
};

async function judged({ device = {}, busy = 0.2, happens }: Case) {
  const clock = device.clock ?? twinClock();
  const metrics = new RunMetrics(1);
  const generator = new GeneratorWatch(clock, 0, {
    loopBusyMs: () => clock.now() * busy,
    cpuUs: () => clock.now() * busy * 1000,
  });
  const shard = new ShardMetrics({ from: 0, to: 1 }, { clock, epoch: 0, generator, chipCommands: () => 0 });
  const fleetDevice = new FleetDevice(0, 0, undefined, { clock, metrics: shard });
  const observe: Observe = (event) => fleetDevice.observe(event);
  const bench = await twinBench({ ...device, clock, observe });
  shard.arrived(0);
  bench.twin.boot();
  await happens(bench);
  metrics.shardStopped(0, shard.failures());
  generator.stop();
  bench.twin.stop();
  metrics.add(0, shard.take());
  return metrics.summary();
}

describe('whose fault it is, as a person would say', () => {
  test.each(Object.entries(CASES))('%s', async (_name, it) => {
    const summary = await judged(it);
    expect({ generator: summary.generator.verdict, fault: faultOf(summary).side }).toEqual({
      generator: it.generator,
      fault: it.fault,
    });
    expect(summary.messages.due).toBe(summary.messages.sent + summary.messages.not_sent.total);
  });
});

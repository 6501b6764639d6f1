import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ResourceMeter, RunMetrics, ShardMetrics } from '../../../src/metrics/index.ts';
import { rangeOf } from '../../../src/store/index.ts';
import { quietGenerator } from '../../support/quiet-generator.ts';

test('the same happenings in 1, 2 and 4 shards, told at any moments, have the same summary', () => {
  const COUNT = 12;
  const ms = fc.double({ min: 0, max: 30_000, noNaN: true });
  const happening = fc.record({
    k: fc.nat({ max: COUNT - 1 }),
    what: fc.constantFrom(
      'connects',
      'is refused',
      'is due',
      'is late',
      'publishes',
      'hears',
      'loses its broker',
      'asks a DPS',
      'has its hub',
      'tell',
    ),
    ms,
  });
  type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

  const summaryOf = (happenings: readonly Happening[], of: number) => {
    const run = new RunMetrics(COUNT, of, new ResourceMeter({ cpuUs: () => 0, rssBytes: () => 0 }));
    run.devicesRegister();
    const whole = { from: 0, to: COUNT };
    let now = 1000;
    const commands = Array<number>(of).fill(0);
    const shards = commands.map(
      (_, index) =>
        new ShardMetrics(rangeOf(whole, { index, of }), {
          ...{ clock: { now: () => now }, epoch: 1000, generator: quietGenerator },
          chipCommands: () => commands[index] as number,
        }),
    );
    const tell = (index: number) => run.add(index, deserialize(serialize(shards[index]?.take())));
    const connected = new Set<number>();
    const arrived = new Set<number>();
    for (const { k, what, ms } of happenings) {
      now += 300;
      const index = shards.findIndex((_, i) => k < rangeOf(whole, { index: i, of }).to);
      const own = shards[index] as ShardMetrics;
      if (!arrived.has(k)) own.arrived(k);
      arrived.add(k);
      if (what === 'tell') tell(index);
      if (what === 'publishes') own.messageSent('telemetry');
      if (what === 'hears') own.echo(ms);
      if (what === 'is due') own.messagesDue('telemetry', 2);
      if (what === 'is late') own.messagesNotSent('telemetry', 'generator_late', 1);
      if (what === 'is refused' && !connected.has(k)) own.attemptFailed(k, 'tcp.ECONNREFUSED', 'refused');
      if (what === 'asks a DPS') {
        own.provisioning('began');
        own.provisioningStep('register', ms);
        own.provisioningAnswer(k % 2 === 0 ? 202 : 429);
        if (k % 2 === 1) own.provisioningRetried(429);
      }
      if (what === 'has its hub') {
        own.assigned(`hub-${k % 3}`);
        own.provisioningStep('record', ms);
        own.provisioning(k < 6 ? 'registered' : 'skipped');
      }
      if (what === 'connects' && !connected.has(k)) {
        own.tcpConnected(k, ms);
        own.connected(k, ms / 2);
        commands[index] = (commands[index] as number) + 31;
        connected.add(k);
      }
      if (what === 'loses its broker' && connected.delete(k)) own.disconnected(k, 'tls.CLOSE_NOTIFY', 'closed');
    }
    shards.forEach((own, index) => {
      tell(index);
      run.shardStopped(index, own.failures());
    });
    const { workers, causes, disconnections, failed_attempts, outages, ...rest } = run.summary();
    const { failed_reconnects, ...away } = outages;
    // Which device is the example is told first by whoever tells first.
    const counts = [causes, disconnections, failed_attempts, failed_reconnects].map((groups) =>
      groups.map(({ code, count }) => `${count} ${code}`).sort((a, b) => a.localeCompare(b)),
    );
    return { ...rest, away, counts };
  };

  fc.assert(
    fc.property(fc.array(happening, { maxLength: 80 }), (happenings) => {
      const whole = summaryOf(happenings, 1);
      for (const of of [2, 4]) expect(summaryOf(happenings, of)).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

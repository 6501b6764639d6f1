import { deserialize, serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { ResourceMeter, RunMetrics, type RunSummary, ShardMetrics } from '../../../src/metrics/index.ts';
import { QUIET_REPORT, quietGenerator } from '../../support/quiet-generator.ts';

const NOTHING = { count: 0, p50: null, p95: null, p99: null, max: null };

/** Two shards of a run, told of in turns. */
function twoShards(late = false) {
  const run = new RunMetrics(4, 2, new ResourceMeter({ cpuUs: () => 0, rssBytes: () => 0 }));
  const generator = { ...quietGenerator, take: () => ({ ...QUIET_REPORT, late }) };
  const sources = { clock: { now: () => 0 }, epoch: 0, generator, chipCommands: () => 0 };
  const shards = [0, 2].map((from) => new ShardMetrics({ from, to: from + 2 }, sources)) as [
    ShardMetrics,
    ShardMetrics,
  ];
  const tell = () => {
    shards.forEach((shard, index) => {
      run.add(index, deserialize(serialize(shard.take())));
    });
  };
  return { run, shards, tell };
}

const provisioningOf = ({ provisioning }: RunSummary) => provisioning;

describe('registrations at a DPS', () => {
  test('are counted, by hub and by status, and each step has its own time', () => {
    const { run, shards, tell } = twoShards();
    run.devicesRegister();
    const [one, other] = shards;
    for (const shard of shards) shard.provisioning('began');
    one.provisioningStep('connect', 1);
    one.provisioningStep('connect', 10);
    one.provisioningAnswer(429);
    one.provisioningRetried(429);
    one.provisioningAnswer(202);
    one.provisioningStep('register', 2);
    tell();
    expect(run.snapshot().provisioning).toEqual({ began: 2, registered: 0, skipped: 0 });
    one.provisioningAnswer(200);
    one.assigned('hub-b');
    one.provisioning('registered');
    other.provisioningStep('connect', 30);
    other.provisioningAnswer(202);
    other.assigned('hub-a');
    other.provisioning('registered');
    other.assigned('hub-b');
    other.provisioning('skipped');
    tell();
    tell();
    expect(run.snapshot().provisioning).toEqual({ began: 2, registered: 2, skipped: 1 });
    expect(provisioningOf(run.summary())).toEqual({
      ...{ began: 2, registered: 2, skipped: 1 },
      assigned: { 'hub-b': 2, 'hub-a': 1 },
      answers: { 200: 1, 202: 2, 429: 1 },
      retries: { 429: 1 },
      step_ms: {
        connect: { count: 3, p50: 10.007, p95: 30, p99: 30, max: 30 },
        register: { count: 1, p50: 2, p95: 2, p99: 2, max: 2 },
        ...{ assign: NOTHING, hub: NOTHING, record: NOTHING },
      },
    });
    // The hub of most devices stands first.
    expect(Object.keys(provisioningOf(run.summary())?.assigned ?? {})).toEqual(['hub-b', 'hub-a']);
  });

  test('while the load generator was late are marked', () => {
    const { run, shards, tell } = twoShards(true);
    run.devicesRegister();
    shards[0].provisioningStep('hub', 5);
    tell();
    expect(provisioningOf(run.summary())?.step_ms.hub).toMatchObject({ count: 1, while_late: 1 });
  });

  test('are no part of the summary of other firmwares', () => {
    const { run, tell } = twoShards();
    tell();
    expect(run.summary()).not.toHaveProperty('provisioning');
    expect(run.snapshot()).not.toHaveProperty('provisioning');
    run.devicesRegister();
    expect(provisioningOf(run.summary())).toMatchObject({ began: 0, assigned: {}, answers: {}, retries: {} });
  });

  test('leave nothing to send where there are none', () => {
    const { shards } = twoShards();
    expect(shards[0].take().provisioning).toBeUndefined();
    shards[0].provisioningAnswer(202);
    expect(shards[0].take().provisioning?.answers).toEqual([[202, 1]]);
    expect(shards[0].take().provisioning).toBeUndefined();
  });

  test('of a hub with an odd name are counted as any', () => {
    const { run, shards, tell } = twoShards();
    run.devicesRegister();
    shards[0].assigned('__proto__');
    tell();
    expect(JSON.stringify(provisioningOf(run.summary())?.assigned)).toBe('{"__proto__":1}');
  });
});

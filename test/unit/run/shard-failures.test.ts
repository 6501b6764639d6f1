import { beforeEach, expect, test, vi } from 'vitest';
import { RunMetrics } from '../../../src/metrics/index.ts';
import { loadProfile } from '../../../src/profile/index.ts';
import { runFleet } from '../../../src/run/index.ts';
import { ShardRun } from '../../../src/run/shard-run.ts';

vi.mock('../../../src/run/shard-run.ts', () => ({ ShardRun: vi.fn() }));
const shardRun = vi.mocked(ShardRun);

beforeEach(() => void shardRun.mockReset());

function runOf(durationMs: number): Promise<void> {
  const profile = loadProfile('esp32-mqtts');
  return runFleet(
    {
      ...{ count: 2, rate: 100, durationMs, workers: 1, pace: 'fast', crypto: 'node' },
      ...{ profile, profileName: profile.name, broker: 'embedded', trust: [] },
    },
    { metrics: new RunMetrics(2), signal: new AbortController().signal },
  );
}

test('a shard that cannot begin ends the run at once, with its own error', { timeout: 10_000 }, async () => {
  shardRun.mockImplementation(function begin() {
    throw new Error('no memory for it');
  });
  await expect(runOf(60_000)).rejects.toThrow('no memory for it');
});

test('what fails while a shard closes is the error of the run', { timeout: 10_000 }, async () => {
  const stop = vi.fn(() => Promise.reject(new Error('disk full')));
  shardRun.mockImplementation(function begin() {
    return { stop } as unknown as ShardRun;
  });
  await expect(runOf(100)).rejects.toThrow('disk full');
  expect(stop).toHaveBeenCalledOnce();
});

import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatencyHistogram } from '../../../src/metrics/index.ts';
import { LatencyInterval } from '../../../src/metrics/latency.ts';

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

describe('LatencyHistogram', () => {
  test('has percentiles at three digits', () => {
    const upTo100 = histogramOf(Array.from({ length: 100 }, (_, i) => i + 1));
    const { count, p50, p95, p99, max } = upTo100.summary();
    expect({ count, max }).toEqual({ count: 100, max: 100 });
    for (const [value, exact] of [
      [p50, 50],
      [p95, 95],
      [p99, 99],
    ]) {
      expect(Math.abs((value ?? 0) - (exact ?? 0))).toBeLessThan((exact ?? 0) * 0.001);
    }
  });

  test('resolves microseconds', () => {
    expect(histogramOf([0.042]).summary()).toEqual({ count: 1, p50: 0.042, p95: 0.042, p99: 0.042, max: 0.042 });
  });

  test('takes more than its first range of a minute', () => {
    const { p50, max } = histogramOf([1, 7_200_000, 7_200_000]).summary();
    expect(max).toBe(7_200_000);
    expect(p50).toBeGreaterThan(7_190_000);
  });

  test('takes what a clock that stands still gives', () => {
    expect(histogramOf([0, -0.0001]).summary()).toEqual({ count: 2, p50: 0, p95: 0, p99: 0, max: 0 });
  });

  test('has no percentiles of nothing', () => {
    expect(new LatencyHistogram().summary()).toEqual({ count: 0, p50: null, p95: null, p99: null, max: null });
  });

  test('merges exactly: as if one histogram had recorded what shards counted, interval by interval', () => {
    const latencies = fc.array(fc.double({ min: 0, max: 8_000_000, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(latencies, { maxLength: 6 }), (intervals) => {
        const merged = new LatencyHistogram();
        const shard = new LatencyInterval();
        for (const values of intervals) {
          for (const value of values) shard.record(value);
          const taken = shard.take();
          // As it goes from process to process.
          if (taken !== undefined) merged.add(deserialize(serialize(taken)));
        }
        expect(merged.summary()).toEqual(histogramOf(intervals.flat()).summary());
      }),
      { numRuns: 100 },
    );
  });

  test('has percentiles within a bucket, a thousandth, of the raw values, whatever their split', () => {
    const latencies = fc.array(fc.double({ min: 0.001, max: 120_000, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(latencies, fc.integer({ min: 1, max: 4 }), (values, of) => {
        const merged = new LatencyHistogram();
        for (let index = 0; index < of; index++) {
          const shard = new LatencyInterval();
          for (const value of values.filter((_, k) => k % of === index)) shard.record(value);
          const taken = shard.take();
          if (taken !== undefined) merged.add(taken);
        }
        const sorted = values.map((ms) => Math.round(ms * 1000)).sort((a, b) => a - b);
        for (const percent of [50, 95, 99, 100]) {
          const raw = sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
          const us = (merged.percentile(percent) ?? 0) * 1000;
          expect(Math.abs(us - raw)).toBeLessThanOrEqual(Math.max(0.5, raw / 1000));
        }
      }),
    );
  });
});

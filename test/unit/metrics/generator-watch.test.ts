import { beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { GeneratorFigures } from '../../../src/metrics/generator-figures.ts';
import { isSaturated } from '../../../src/metrics/generator-watch.ts';
import { GeneratorWatch } from '../../../src/metrics/index.ts';
import { LatencyInterval } from '../../../src/metrics/latency.ts';

const EPOCH = 500;

/** A process of which a test says how busy it is: a share of the time that passes, and no time at all in a gap. */
class Process {
  readonly clock = new ManualClock();
  readonly watch: GeneratorWatch;
  readonly figures = new GeneratorFigures(1);
  #busyMs = 0;
  #cpuMs = 0;

  constructor() {
    this.watch = new GeneratorWatch(this.clock, EPOCH, {
      loopBusyMs: () => this.#busyMs,
      cpuUs: () => this.#cpuMs * 1000,
    });
  }

  /** `ms` in which the loop is at work for `share`, and never for long. */
  async works(ms: number, share: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      this.#busyMs += 10 * share;
      this.#cpuMs += 10 * share;
      await this.clock.advance(10);
    }
  }

  /** The loop does not come round for `ms`, in which the process uses `share` of a core. */
  async stalls(ms: number, share: number): Promise<void> {
    this.#busyMs += ms;
    this.#cpuMs += ms * share;
    this.clock.leap(ms);
    await this.clock.advance(0);
  }

  summary() {
    this.watch.stop();
    this.figures.add(0, this.watch.take());
    return this.figures.summary();
  }
}

let process: Process;

beforeEach(async () => {
  process = new Process();
  await process.works(EPOCH, 0.1);
});

describe('a load generator', () => {
  test('that has time left is fine', async () => {
    await process.works(10_000, 0.9);
    expect(process.summary()).toMatchObject({
      ...{ verdict: 'fine', saturated_seconds: 0, periods: [], gaps: [] },
      ...{ loop_busy_max: 0.9, cpu_max: 0.9, late_seconds: 0 },
      loop_delay_ms: { max: 0 },
    });
  });

  test('whose loop is at work all the time is saturated, in those seconds', async () => {
    await process.works(3000, 0.5);
    await process.works(2000, 0.97);
    await process.works(3000, 0.5);
    const { verdict, periods, loop_busy_max } = process.summary();
    expect({ verdict, periods, loop_busy_max }).toEqual({
      verdict: 'saturated',
      periods: [{ from_s: 3, to_s: 5 }],
      loop_busy_max: 0.97,
    });
  });

  test('that ends just after a second has begun is not judged by what little there was of it', async () => {
    await process.works(3000, 0.2);
    await process.works(10, 1);
    expect(process.summary()).toMatchObject({
      verdict: 'fine',
      saturated_seconds: 0,
      loop_busy_max: 0.2,
      cpu_max: 0.2,
    });
  });

  test('that was late in a second that is cut short is saturated in it', async () => {
    await process.works(3000, 0.2);
    process.watch.publish(150);
    await process.works(10, 1);
    expect(process.summary().periods).toEqual([{ from_s: 3, to_s: 4 }]);
  });

  test('that was stopped says from when to when, and that it did not run', async () => {
    await process.works(2400, 0.3);
    await process.stalls(3000, 0);
    await process.works(2600, 0.3);
    const { verdict, periods, gaps, late_ms_max } = process.summary();
    expect({ verdict, periods }).toEqual({ verdict: 'saturated', periods: [{ from_s: 2, to_s: 6 }] });
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.ms).toBeGreaterThanOrEqual(2950);
    expect(gaps[0]?.at_s).toBeCloseTo(5.4, 1);
    expect(late_ms_max).toBeGreaterThanOrEqual(2950);
  });

  test.each(['late', 'take'] as const)('that was stopped is told so once, whoever looks first (%s)', async (first) => {
    await process.works(2400, 0.3);
    process.clock.leap(3000);
    if (first === 'late') expect(process.watch.late).toBe(true);
    else process.figures.add(0, process.watch.take());
    await process.works(2600, 0.3);
    const { verdict, periods, gaps, late_ms_max, late_seconds } = process.summary();
    expect({ verdict, periods }).toEqual({ verdict: 'saturated', periods: [{ from_s: 2, to_s: 6 }] });
    expect(gaps).toHaveLength(1);
    expect(late_seconds).toBeCloseTo(late_ms_max / 1000, 3);
  });

  test('that computed for as long had no gap', async () => {
    await process.stalls(3000, 1);
    expect(process.summary()).toMatchObject({ verdict: 'saturated', gaps: [] });
  });

  test.each(['arrival', 'publish'] as const)('whose %s is late is saturated in that second', async (what) => {
    await process.works(1000, 0.2);
    process.watch[what](100);
    await process.works(1000, 0.2);
    process.watch[what](101);
    await process.works(2000, 0.2);
    expect(process.summary().periods).toEqual([{ from_s: 2, to_s: 3 }]);
  });

  test('is late for as long as a saturated second may have its say', async () => {
    await process.works(500, 0.2);
    expect(process.watch.late).toBe(false);
    process.watch.arrival(400);
    expect(process.watch.late).toBe(true);
    await process.works(600, 0.2);
    expect(process.watch.late).toBe(true);
    await process.works(1100, 0.2);
    expect(process.watch.late).toBe(false);
  });

  test('reports each second once', async () => {
    const seen: number[] = [];
    for (let i = 0; i < 20; i++) {
      await process.works(250, 0.1);
      seen.push(...process.watch.take().seconds.map(({ second }) => second));
    }
    process.watch.stop();
    seen.push(...process.watch.take().seconds.map(({ second }) => second));
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });
});

test.each([
  [{}, false],
  [{ loopMs: 100 }, false],
  [{ loopMs: 100.5 }, true],
  [{ lateMs: 100 }, false],
  [{ lateMs: 100.5 }, true],
  [{ busy: 0.95 }, false],
  [{ busy: 0.951 }, true],
])('a second with %j is saturated: %s', (figures, expected) => {
  expect(isSaturated({ loopMs: 0, lateMs: 0, busy: 0, ...figures })).toBe(expected);
});

test('each gap, each stall and each latency is reported once', async () => {
  const of = (report: ReturnType<GeneratorWatch['take']>) => [
    report.gaps.length,
    report.stalls.maxMs > 0,
    report.arrivals?.maxUs,
    report.publishes?.maxUs,
    report.loop !== undefined,
  ];
  await process.works(1000, 0.1);
  await process.stalls(3000, 0);
  process.watch.arrival(3);
  process.watch.publish(4);
  expect(of(process.watch.take())).toEqual([1, true, 3000, 4000, true]);
  expect(of(process.watch.take())).toEqual([0, false, undefined, undefined, false]);
});

// A process without a CPU uses next to none: a fifth of one is work.
test.each([
  [3000, 0.1, 1],
  [3000, 0.3, 0],
  [900, 0, 0],
  [1200, 0, 1],
])('a stall of %i ms with %d of a core has %i gaps', async (ms, share, gaps) => {
  await process.works(1000, 0.5);
  await process.stalls(ms, share);
  expect(process.watch.take().gaps).toHaveLength(gaps);
});

test('the summary has the latencies of each kind apart, and how late all was', () => {
  const figures = new GeneratorFigures(1);
  const of = (ms: number) => {
    const interval = new LatencyInterval();
    interval.record(ms);
    return interval.take();
  };
  const stalls = { maxMs: 700.4, totalMs: 1234.6 };
  const seconds = [{ second: 0, loopMs: 0, lateMs: 0, busy: 0.12345, cpu: 1.23456 }];
  figures.add(0, { ...{ stalls, late: false, seconds, gaps: [] }, loop: of(1), arrivals: of(2), publishes: of(3) });
  const none = { loop: undefined, arrivals: undefined, publishes: undefined };
  figures.add(0, { stalls: { maxMs: 1, totalMs: 1 }, late: false, seconds: [], gaps: [], ...none });
  expect(figures.summary()).toMatchObject({
    ...{ loop_delay_ms: { count: 1, max: 1 }, arrivals_late_ms: { count: 1, max: 2 } },
    ...{ messages_late_ms: { count: 1, max: 3 }, loop_busy_max: 0.123, cpu_max: 1.235 },
    ...{ late_seconds: 1.236, late_ms_max: 700 },
  });
});

test('gaps that touch are two', () => {
  const figures = new GeneratorFigures(1);
  const none = { loop: undefined, arrivals: undefined, publishes: undefined };
  const gaps = [
    { at_s: 10, ms: 2000 },
    { at_s: 12, ms: 2000 },
    { at_s: 13.5, ms: 1500 },
  ];
  figures.add(0, { ...{ stalls: { maxMs: 0, totalMs: 0 }, late: false, seconds: [], gaps }, ...none });
  expect(figures.summary().gaps).toEqual(gaps);
  figures.add(0, {
    ...{ stalls: { maxMs: 0, totalMs: 0 }, late: false, seconds: [], gaps: [{ at_s: 13, ms: 1200 }] },
    ...none,
  });
  expect(figures.summary().gaps).toHaveLength(3);
});

test('shards that stood at the same time stood once, for the longest time', () => {
  const figures = new GeneratorFigures(2);
  const report = { stalls: { maxMs: 0, totalMs: 0 }, late: false, seconds: [] };
  const none = { loop: undefined, arrivals: undefined, publishes: undefined };
  const gap = (at_s: number, ms: number) => ({ at_s, ms });
  figures.add(0, { ...report, ...none, gaps: [gap(20, 1500), gap(12.3, 3000)] });
  figures.add(1, { ...report, ...none, gaps: [gap(12.4, 3104)] });
  expect(figures.summary().gaps).toEqual([gap(12.4, 3104), gap(20, 1500)]);
});

test('of several shards the summary has the worst, second by second', () => {
  const figures = new GeneratorFigures(2);
  const quiet = { stalls: { maxMs: 0, totalMs: 0 }, late: false, gaps: [] };
  const none = { loop: undefined, arrivals: undefined, publishes: undefined };
  const second = (at: number, loopMs: number) => ({ second: at, loopMs, lateMs: 0, busy: 0.5, cpu: 0.6 });
  figures.add(0, { ...quiet, ...none, seconds: [second(0, 5), second(1, 150)] });
  figures.add(1, { ...quiet, ...none, seconds: [second(0, 5), second(1, 5), second(2, 101)] });
  expect(figures.summary()).toMatchObject({ saturated_seconds: 2, periods: [{ from_s: 1, to_s: 3 }] });
});

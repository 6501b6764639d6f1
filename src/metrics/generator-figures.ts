import { type Gap, type GeneratorReport, isSaturated } from './generator-watch.ts';
import { LatencyHistogram, type LatencySummary } from './latency.ts';

/** A time of a run, s from its first arrival. */
export interface Period {
  readonly from_s: number;
  readonly to_s: number;
}

/** What the load generator says of itself: of all shards, the worst. */
export interface GeneratorSummary {
  /**
   * Saturated, where in some second an event loop came round, or an arrival or a message left, more than 100 ms too late, or a
   * loop was at work for more than 95 % of it. What was measured then may be the generator's and not the broker's.
   */
  readonly verdict: 'fine' | 'saturated';
  readonly saturated_seconds: number;
  readonly periods: readonly Period[];
  /** How much too late the event loops came round. */
  readonly loop_delay_ms: LatencySummary;
  /** How late devices arrived and messages were made. */
  readonly arrivals_late_ms: LatencySummary;
  readonly messages_late_ms: LatencySummary;
  /** The largest share of a second in which an event loop was at work. */
  readonly loop_busy_max: number;
  /** The most CPU that one process used in a second, in cores. */
  readonly cpu_max: number;
  /** Times in which a process did not run: stopped, suspended, or without a CPU. */
  readonly gaps: readonly Gap[];
  /** The times in which an event loop stood for more than 100 ms: all of them, of the worker that had most. */
  readonly late_seconds: number;
  /** The longest. */
  readonly late_ms_max: number;
}

/** What the watches of all shards have said. */
export class GeneratorFigures {
  readonly #lateMs: number[];
  readonly #saturated = new Set<number>();
  readonly #loop = new LatencyHistogram();
  readonly #arrivals = new LatencyHistogram();
  readonly #messages = new LatencyHistogram();
  readonly #gaps: Gap[] = [];
  #latestMs = 0;
  #busyMax = 0;
  #cpuMax = 0;

  constructor(shards: number) {
    this.#lateMs = Array(shards).fill(0);
  }

  add(shard: number, { stalls, seconds, gaps, loop, arrivals, publishes }: GeneratorReport): void {
    this.#lateMs[shard] = (this.#lateMs[shard] ?? 0) + stalls.totalMs;
    this.#latestMs = Math.max(this.#latestMs, stalls.maxMs);
    for (const second of seconds) {
      if (isSaturated(second)) this.#saturated.add(second.second);
      this.#busyMax = Math.max(this.#busyMax, second.busy);
      this.#cpuMax = Math.max(this.#cpuMax, second.cpu);
    }
    this.#gaps.push(...gaps);
    if (loop !== undefined) this.#loop.add(loop);
    if (arrivals !== undefined) this.#arrivals.add(arrivals);
    if (publishes !== undefined) this.#messages.add(publishes);
  }

  /** Of the shard that was late longest: they run at the same time. */
  get lateMs(): number {
    return Math.max(...this.#lateMs);
  }

  summary(): GeneratorSummary {
    return {
      verdict: this.#saturated.size === 0 ? 'fine' : 'saturated',
      saturated_seconds: this.#saturated.size,
      periods: this.#periods(),
      loop_delay_ms: this.#loop.summary(),
      arrivals_late_ms: this.#arrivals.summary(),
      messages_late_ms: this.#messages.summary(),
      loop_busy_max: round(this.#busyMax),
      cpu_max: round(this.#cpuMax),
      gaps: joined(this.#gaps).map(({ at_s, ms }) => ({ at_s: round(at_s), ms: Math.round(ms) })),
      late_seconds: Math.round(this.lateMs) / 1000,
      late_ms_max: Math.round(this.#latestMs),
    };
  }

  #periods(): Period[] {
    const periods: { from_s: number; to_s: number }[] = [];
    for (const second of [...this.#saturated].sort((a, b) => a - b)) {
      const last = periods.at(-1);
      if (last?.to_s === second) last.to_s++;
      else periods.push({ from_s: second, to_s: second + 1 });
    }
    return periods;
  }
}

/** In their order; of several shards that stood at the same time, the longest time. */
function joined(gaps: readonly Gap[]): Gap[] {
  const joined: Gap[] = [];
  for (const gap of [...gaps].sort((a, b) => a.at_s - b.at_s)) {
    const last = joined.at(-1);
    if (last === undefined || last.at_s <= gap.at_s - gap.ms / 1000) joined.push(gap);
    else if (gap.ms > last.ms) joined[joined.length - 1] = gap;
  }
  return joined;
}

function round(share: number): number {
  return Math.round(share * 1000) / 1000;
}

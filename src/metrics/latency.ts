import { build, type Histogram } from 'hdr-histogram-js';

/** Milliseconds; null when nothing was measured. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  /** Of `count`, those that were measured while the load generator was late; missing where none was. */
  readonly while_late?: number;
}

/** Latencies of one interval as plain data: the occupied buckets of a histogram. */
export interface LatencyCounts {
  /** The lowest value of each bucket, µs. */
  readonly us: Float64Array;
  /** How many fell into it. */
  readonly counts: Float64Array;
  /** The largest, exactly, µs. */
  readonly maxUs: number;
}

const MICROSECONDS = 1000;
const DIGITS = 3;
/** Buckets of one power of two: as many as three significant digits take, rounded up to a power of two, and their half. */
const HALF_BITS = 10;

function microseconds(ms: number): number {
  return Math.max(0, Math.round(ms * MICROSECONDS));
}

/** The lowest value in the bucket of `us` in a histogram of three digits. */
function bucketOf(us: number): number {
  const unit = 2 ** Math.max(0, Math.floor(Math.log2(us)) - HALF_BITS);
  return Math.floor(us / unit) * unit;
}

/** Latencies since the last look, by bucket: what a shard sends of them is short, and merges exactly. */
export class LatencyInterval {
  #counts = new Map<number, number>();
  #maxUs = 0;

  record(ms: number): void {
    const us = microseconds(ms);
    const bucket = bucketOf(us);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /** What was recorded since the last call; undefined when nothing was. */
  take(): LatencyCounts | undefined {
    if (this.#counts.size === 0) return undefined;
    const taken = {
      us: Float64Array.from(this.#counts.keys()),
      counts: Float64Array.from(this.#counts.values()),
      maxUs: this.#maxUs,
    };
    this.#counts = new Map();
    this.#maxUs = 0;
    return taken;
  }
}

/** Latencies in microseconds at three significant digits, from 1 µs upwards without a limit. */
export class LatencyHistogram {
  readonly #histogram: Histogram = build({
    bitBucketSize: 32,
    autoResize: true,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: DIGITS,
  });
  #maxUs = 0;
  #whileLate = 0;

  get count(): number {
    return this.#histogram.totalCount;
  }

  record(ms: number): void {
    const us = microseconds(ms);
    this.#histogram.recordValue(us);
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /** The same as if every latency had been recorded here; `late`: by a load generator that was. */
  add({ us, counts, maxUs }: LatencyCounts, late = false): void {
    if (late) this.#whileLate += counts.reduce((sum, count) => sum + count, 0);
    us.forEach((value, i) => {
      this.#histogram.recordValueWithCount(value, counts[i] ?? 0);
    });
    if (maxUs > this.#maxUs) this.#maxUs = maxUs;
  }

  /** The smallest latency that `percent` of all are not above, in ms; null when nothing was recorded. */
  percentile(percent: number): number | null {
    if (this.count === 0) return null;
    // A bucket answers with its upper edge, which may lie above the largest value in it.
    return Math.min(this.#histogram.getValueAtPercentile(percent), this.#maxUs) / MICROSECONDS;
  }

  reset(): void {
    this.#histogram.reset();
    this.#maxUs = 0;
    this.#whileLate = 0;
  }

  summary(): LatencySummary {
    return {
      count: this.count,
      p50: this.percentile(50),
      p95: this.percentile(95),
      p99: this.percentile(99),
      max: this.percentile(100),
      ...(this.#whileLate > 0 && { while_late: this.#whileLate }),
    };
  }
}

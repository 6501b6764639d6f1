import { build, type Histogram } from 'hdr-histogram-js';

/** Milliseconds; null when nothing was measured. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

const MICROSECONDS = 1000;

/** Latencies in microseconds at three significant digits, from 1 µs upwards without a limit; two of them merge exactly. */
export class LatencyHistogram {
  readonly #counts: Histogram = build({
    bitBucketSize: 32,
    autoResize: true,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  #max = 0;

  get count(): number {
    return this.#counts.totalCount;
  }

  record(ms: number): void {
    const us = Math.max(0, Math.round(ms * MICROSECONDS));
    this.#counts.recordValue(us);
    if (us > this.#max) this.#max = us;
  }

  merge(other: LatencyHistogram): void {
    this.#counts.add(other.#counts);
    if (other.#max > this.#max) this.#max = other.#max;
  }

  /** The smallest latency that `percent` of all are not above, in ms; null when nothing was recorded. */
  percentile(percent: number): number | null {
    if (this.count === 0) return null;
    // A bucket answers with its upper edge, which may lie above the largest value in it.
    return Math.min(this.#counts.getValueAtPercentile(percent), this.#max) / MICROSECONDS;
  }

  summary(): LatencySummary {
    return {
      count: this.count,
      p50: this.percentile(50),
      p95: this.percentile(95),
      p99: this.percentile(99),
      max: this.percentile(100),
    };
  }
}

import type { ProcessReport } from './report.ts';
import type { ProcessSample } from './sample.ts';

const BUSY_SHARE = 0.95;
/** A process that waits for less of its time is served well enough. */
const WAIT_SHARE = 0.1;
/** Times are counted in steps of 10 ms: shares of less than this would be mostly rounding. */
const SHORTEST_MS = 500;

/** What a row of samples of one process comes to. */
export class ProcessFigures {
  readonly #pid: number;
  #last: ProcessSample | undefined;
  #elapsedMs = 0;
  #cpuMs = 0;
  #cpuShareMax = 0;
  #rssBytesMax = 0;
  #socketsMax = 0;
  #ranMs = 0;
  #waitedMs = 0;
  #intervals = 0;
  #busyIntervals = 0;
  #ended = false;

  constructor(pid: number) {
    this.#pid = pid;
  }

  add(sample: ProcessSample): void {
    this.#rssBytesMax = Math.max(this.#rssBytesMax, sample.rssBytes);
    this.#socketsMax = Math.max(this.#socketsMax, sample.sockets);
    if (this.#last !== undefined) this.#addInterval(this.#last, sample);
    this.#last = sample;
  }

  /** The process is not there any more. */
  end(): void {
    this.#ended = true;
  }

  report(): ProcessReport {
    const wanted = this.#ranMs + this.#waitedMs;
    const waitShare = wanted === 0 ? null : this.#waitedMs / wanted;
    const busyShare = share(this.#busyIntervals, this.#intervals);
    return {
      pid: this.#pid,
      cpu_seconds: round(this.#cpuMs / 1000),
      cpu_share_mean: round(share(this.#cpuMs, this.#elapsedMs)),
      cpu_share_max: round(this.#cpuShareMax),
      rss_bytes_max: this.#rssBytesMax,
      sockets_max: this.#socketsMax,
      cpu_wait_share: waitShare === null ? null : round(waitShare),
      machine_busy_share: round(busyShare),
      starved: busyShare > 0.5 && (waitShare ?? 0) > WAIT_SHARE,
      ended: this.#ended,
    };
  }

  #addInterval(before: ProcessSample, now: ProcessSample): void {
    const elapsedMs = now.atMs - before.atMs;
    const cpuMs = now.cpuMs - before.cpuMs;
    this.#elapsedMs += elapsedMs;
    this.#cpuMs += cpuMs;
    for (const [thread, { ranMs, waitedMs }] of now.threads) {
      const then = before.threads.get(thread);
      this.#ranMs += ranMs - (then?.ranMs ?? 0);
      this.#waitedMs += waitedMs - (then?.waitedMs ?? 0);
    }
    if (elapsedMs < SHORTEST_MS) return;
    this.#cpuShareMax = Math.max(this.#cpuShareMax, cpuMs / elapsedMs);
    const busyMs = now.machine.busyMs - before.machine.busyMs;
    const idleMs = now.machine.idleMs - before.machine.idleMs;
    this.#intervals++;
    if (share(busyMs, busyMs + idleMs) > BUSY_SHARE) this.#busyIntervals++;
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

import type { MachineTimes, RunQueueTimes } from './proc-texts.ts';

/** A process and its machine at one moment. Times rise from sample to sample. */
export interface ProcessSample {
  /** By `performance.now`. */
  readonly atMs: number;
  /** Of all threads. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly sockets: number;
  /** By thread. */
  readonly threads: ReadonlyMap<string, RunQueueTimes>;
  readonly machine: MachineTimes;
}

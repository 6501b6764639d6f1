import type { SysReport } from '../probe/index.ts';

/** A local process of the broker during a run, sampled every second. */
export interface ProcessReport {
  readonly pid: number;
  /** From the first arrival to the end, all threads. */
  readonly cpu_seconds: number;
  /** In cores: 1 is all of one. */
  readonly cpu_share_mean: number;
  readonly cpu_share_max: number;
  readonly rss_bytes_max: number;
  readonly sockets_max: number;
  /** Of the time in which its threads could have run, the share in which they waited for a CPU; null where the kernel does not say. */
  readonly cpu_wait_share: number | null;
  /** The share of seconds in which the CPUs of the machine were busy for more than 95 %. */
  readonly machine_busy_share: number;
  /** It waited because the machine had no CPU left: what was slow then says nothing of the broker. */
  readonly starved: boolean;
  /** It ended, or could not be looked at any more, before the run did. */
  readonly ended: boolean;
}

/** What was seen of a broker from its own side: of its process, and what it says of itself under `$SYS`. */
export type BrokerReport = (ProcessReport | { readonly pid?: undefined }) & { readonly sys?: SysReport };

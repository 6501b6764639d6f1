import type { CauseSummary } from './causes.ts';
import type { LatencySummary } from './latency.ts';

/** The format of a run's summary; the number changes when a key changes its meaning or goes away. */
export const SUMMARY_SCHEMA = 'emu-run-summary/1';

export interface Traffic {
  readonly sent: number;
  readonly received: number;
}

/** A worker whose process ended before the run did. Its figures are those of its last message. */
export interface EndedWorker {
  /** Counted from 0. */
  readonly worker: number;
  readonly reason: string;
  /** How many devices it had. */
  readonly devices: number;
  /** Of them, those that were connected until then. */
  readonly connected: number;
  /** Of them, those that had not arrived. */
  readonly not_started: number;
}

/** A run in numbers; its keys are those of `--json` and `summary.json`. */
export interface RunSummary {
  readonly schema: typeof SUMMARY_SCHEMA;
  readonly devices: {
    readonly planned: number;
    readonly arrived: number;
    /** Had CONNACK 0 at least once. */
    readonly connected: number;
    /** Arrived and never had CONNACK 0. */
    readonly failed: number;
    /** An interrupted run, or a worker that ended, did not come to them. */
    readonly not_started: number;
  };
  /** The failed devices by the cause of their last failure. */
  readonly causes: readonly CauseSummary[];
  /** Connections lost after CONNACK 0; their devices are not failed. */
  readonly disconnections: readonly CauseSummary[];
  /** tcp, tls and connack are the step's own time, of every attempt; telemetry runs from the scheduled arrival. */
  readonly tcp_ms: LatencySummary;
  readonly tls_ms: LatencySummary;
  readonly connack_ms: LatencySummary;
  readonly telemetry_ms: LatencySummary;
  readonly echo_ms: LatencySummary;
  /** False when devices share a topic: whose publish an echo answers cannot be known. */
  readonly echo_measurable: boolean;
  readonly messages: Traffic;
  readonly bytes: Traffic;
  readonly chip_commands: number;
  readonly cpu_us_per_device: number;
  readonly rss_bytes_per_device: number;
  readonly workers: {
    readonly count: number;
    readonly ended: readonly EndedWorker[];
  };
  /** How late this program was itself: the times in which an event loop of it stood for more than 100 ms. */
  readonly generator: {
    /** All of them, of the worker that had most. */
    readonly late_seconds: number;
    /** The longest. */
    readonly late_ms_max: number;
  };
}

/** The run while it goes on. */
export interface RunSnapshot {
  /** When a shard last said how it stands, by `performance.now`. */
  readonly measuredAt: number;
  readonly planned: number;
  readonly arrived: number;
  readonly connected: number;
  readonly connecting: number;
  readonly failed: number;
  /** Devices that had connected and whose worker ended. */
  readonly gone: number;
  readonly messages: Traffic;
  readonly connackP99: number | null;
  /** How late the load generator has been until now, all its stalls together. */
  readonly lateMs: number;
}

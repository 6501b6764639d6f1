import type { NotSentReason } from '../../emulator/device/index.ts';
import type { CauseSummary } from './causes.ts';
import type { GeneratorSummary } from './generator-figures.ts';
import type { LatencySummary } from './latency.ts';
import type { MessagesByKind } from './message-counts.ts';
import type { LossPeriod } from './outages.ts';
import type { ProvisioningCounts, ProvisioningSummary } from './provisioning.ts';

/** The format of a run's summary; the number changes when a key changes its meaning or goes away. */
export const SUMMARY_SCHEMA = 'emu-run-summary/1';

export interface Traffic {
  readonly sent: number;
  readonly received: number;
}

/** Messages that were due and not sent, by reason. */
export interface NotSent extends Readonly<Record<NotSentReason, number>> {
  /** All of them. Those of `before_first_connack` are the firmware's rhythm and no loss. */
  readonly total: number;
  /** Between their time and the connection when the run, or their worker, ended. */
  readonly run_ended: number;
}

/** What became of messages: `due` is `sent` and `not_sent.total` together. */
export interface MessageAccount {
  readonly due: number;
  /** Taken by the operating system. */
  readonly sent: number;
  readonly not_sent: NotSent;
}

/** Connections that devices lost after CONNACK 0, and how they came back. */
export interface Outages {
  readonly connections_lost: number;
  /** How many devices lost one at least once. */
  readonly devices: number;
  /** How many had connected and were not connected at the end. */
  readonly still_away: number;
  /** When. */
  readonly periods: readonly LossPeriod[];
  /** From a loss to the next CONNACK 0, of those that came back. */
  readonly away_ms: LatencySummary;
  /** Attempts to come back that failed. */
  readonly failed_reconnects: readonly CauseSummary[];
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
    readonly connected_at_end: number;
    /** Of the failed: those that did not come up. Their firmware tries nothing more until the next power-up. */
    readonly boot_failed: number;
  };
  /** The failed devices by the cause of their last failure. */
  readonly causes: readonly CauseSummary[];
  /** Connections lost after CONNACK 0; their devices are not failed. */
  readonly disconnections: readonly CauseSummary[];
  /** Every attempt to connect that failed, of devices that connected in the end too. */
  readonly failed_attempts: readonly CauseSummary[];
  readonly outages: Outages;
  /** tcp, tls and connack are the step's own time, of every attempt; telemetry runs from the scheduled arrival. */
  readonly tcp_ms: LatencySummary;
  readonly tls_ms: LatencySummary;
  readonly connack_ms: LatencySummary;
  readonly telemetry_ms: LatencySummary;
  readonly echo_ms: LatencySummary;
  /** False when devices share a topic: whose publish an echo answers cannot be known. */
  readonly echo_measurable: boolean;
  /** PUBLISH packets, of all kinds and of each. */
  readonly messages: MessageAccount & {
    readonly received: number;
    /** Arrived behind another packet in one TLS record: the firmware handles only the first, and never saw them. */
    readonly overlooked: number;
    readonly telemetry: MessageAccount;
    readonly script: MessageAccount;
  };
  readonly bytes: Traffic;
  readonly chip_commands: number;
  readonly cpu_us_per_device: number;
  readonly rss_bytes_per_device: number;
  readonly workers: {
    readonly count: number;
    readonly ended: readonly EndedWorker[];
  };
  /** What the load generator says of itself. */
  readonly generator: GeneratorSummary;
  /** Of firmwares whose devices register at a DPS. */
  readonly provisioning?: ProvisioningSummary;
}

/** What was measured in the last few seconds, ms; null where nothing was. */
export interface RecentLatencies {
  readonly connackP99: number | null;
  readonly echoP99: number | null;
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
  /** Of the failed: those that did not come up. */
  readonly bootFailed: number;
  /** Devices that had connected and whose worker ended. */
  readonly gone: number;
  readonly traffic: Traffic;
  readonly messages: MessagesByKind;
  /** How late the load generator has been until now, all its stalls together. */
  readonly lateMs: number;
  /** Of firmwares whose devices register at a DPS. */
  readonly provisioning?: Readonly<ProvisioningCounts>;
}

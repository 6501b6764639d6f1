import type { MessageKind } from '../../emulator/device/index.ts';
import type { LatencySummary } from '../metrics/index.ts';
import type { SysReport } from './sys-figures.ts';

/** What became of publishes. */
export interface Delivery {
  /** Those of the fleet on topics that the filter matches. */
  readonly sent: number;
  /** Of them, those that arrived; late ones too. */
  readonly delivered: number;
  /** Of them, those that had not arrived when the probe stopped waiting. */
  readonly lost: number;
}

export type DeliveryByKind = Readonly<Record<MessageKind, Delivery>>;

/** What the broker delivered of what the fleet sent, to one subscription. */
export interface FilterReport extends Delivery, DeliveryByKind {
  readonly filter: string;
  /** Arrivals beyond the first of a publish. */
  readonly duplicated: number;
  /** Deliveries that took longer than `late_after_ms`. */
  readonly late: number;
  /** Arrivals that no device of this run sent. */
  readonly foreign: number;
  /** From the packet on its way into the device's socket to the subscriber's handler. */
  readonly latency_ms: LatencySummary;
}

/** A run seen by a subscriber beside the fleet. */
export interface ProbeReport {
  readonly late_after_ms: number;
  /** Connections of the probe itself that were lost; what was sent meanwhile counts as lost. */
  readonly disconnections: number;
  readonly filters: readonly FilterReport[];
}

/** All that came of a probe. */
export interface ProbeFindings {
  readonly report: ProbeReport;
  readonly sys: SysReport;
}

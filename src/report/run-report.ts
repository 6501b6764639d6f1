import type { BrokerReport } from '../broker-watch/index.ts';
import type { RunSummary } from '../metrics/index.ts';
import type { ProbeReport } from '../probe/index.ts';

/** What was run; stands beside the numbers, so that a summary explains itself. */
export interface RunFacts {
  readonly profile: string;
  /** Null for the embedded broker or cloud. */
  readonly broker: string | null;
  readonly rate: number;
  readonly pace: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** From the first arrival to the end; 0 when no device arrived. */
  readonly duration_ms: number;
  readonly interrupted: boolean;
  readonly emu: string;
}

/** The whole of `--json` and `summary.json`. */
export interface RunReport extends RunSummary {
  readonly run: RunFacts;
  /** What a subscriber beside the fleet saw, where there was one. */
  readonly probe?: ProbeReport;
  /** What was seen of the broker itself, where it was the embedded one or that was asked for. */
  readonly broker?: BrokerReport;
}

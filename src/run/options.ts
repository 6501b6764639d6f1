import type { RunMetrics } from '../metrics/index.ts';
import type { TraceFile } from '../trace/index.ts';
import type { FleetPhase } from './plan.ts';
import type { FleetProbe, ProbeAccess } from './probe-access.ts';

/** What is written down of a run beside its figures. What is not requested costs nothing. */
export interface RunRecords {
  /** The serial console of one device, line by line. */
  readonly console?: { readonly device: number; readonly write: (line: string) => void } | undefined;
  /** The buses and packets of one device, line by line. */
  readonly trace?: { readonly device: number; readonly write: (file: TraceFile, line: string) => void } | undefined;
  /** The wire of all devices, as blocks of a pcapng file. */
  readonly wire?: ((blocks: Uint8Array) => void) | undefined;
}

/** What `runFleet` needs besides its plan. */
export interface FleetRunOptions {
  readonly metrics: RunMetrics;
  /** Aborted: no more arrivals, devices closed, `runFleet` resolves. */
  readonly signal: AbortSignal;
  readonly onPhase?: (phase: FleetPhase) => void;
  readonly records?: RunRecords;
  readonly probe?: ProbeOptions | undefined;
}

/** A client beside the fleet. */
export interface ProbeOptions {
  /** Whether it takes what devices have published. */
  readonly publishes: boolean;
  /** Starts it, before the first device arrives. Rejects when `signal` is aborted before it is ready. */
  start(access: ProbeAccess, signal: AbortSignal): Promise<FleetProbe>;
}

/** A device that did not do what it should. */
export interface FirmwareFailure {
  readonly device: number;
  readonly step: 'provisioning' | 'running';
  /** What went wrong, or what it printed last. */
  readonly reason: string;
  /** Of a process that ended by itself. */
  readonly exit_code: number | null;
}

/** What became of the devices of a run. */
export interface FirmwareReport {
  readonly devices: {
    readonly count: number;
    readonly provisioned: number;
    /** At a DPS; null where there is none. */
    readonly registered: number | null;
    /** At least once. */
    readonly connected: number;
    readonly connected_at_end: number;
  };
  readonly connections: number;
  readonly messages: { readonly published: number; readonly not_sent: number };
  readonly failures: readonly FirmwareFailure[];
  /** Whether anything listens where the devices turned to. */
  readonly reachable: boolean;
}

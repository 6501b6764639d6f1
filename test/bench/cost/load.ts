/** What a contender is asked to do; the same for all. */
export interface Load {
  /** Devices, each with a connection and a certificate of its own. */
  readonly count: number;
  /** Arrivals per second: device k arrives k/rate seconds after the first, however slow the broker is. */
  readonly rate: number;
  /** Whether a connected device runs the firmware's script: two SUBSCRIBEs, an UNSUBSCRIBE, a PUBLISH on each SUBACK. */
  readonly script: boolean;
  /** Telemetry; without it a device publishes at most one reading. */
  readonly publish?: Publishing;
}

export interface Publishing {
  readonly qos: 0 | 1;
  /** Of one device. */
  readonly intervalMs: number;
}

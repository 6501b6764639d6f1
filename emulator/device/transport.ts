/** A TCP connection as a device holds it. Once it is closed, whatever is asked of it has no effect. */
export interface Transport {
  /** Bytes written in one turn of the event loop may leave together. */
  write(bytes: Uint8Array): void;
  /** Sends what was written, then FIN. */
  end(): void;
  /** Drops the connection at once. Nothing is heard of it any more. */
  destroy(): void;
}

/** What happens to a connection, reported to the device that opened it. */
export interface TransportEvents {
  opened(): void;
  received(bytes: Uint8Array): void;
  /**
   * The connection is over, or was never made; called once, and never after `destroy`.
   * `reason` is why the system ended it (`ECONNREFUSED`, …); without it the peer closed in order.
   */
  closed(reason?: TransportFailure): void;
}

export interface TransportFailure {
  /** The system's name for it: ECONNREFUSED, ENOTFOUND, ECONNRESET, … */
  readonly code: string;
  readonly message: string;
}

/** Opens a connection; the shell around the devices provides it. No event happens before it returns. */
export type Dial = (host: string, port: number, events: TransportEvents) => Transport;

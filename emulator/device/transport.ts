/** A TCP connection as a device holds it. Once it is closed, whatever is asked of it has no effect. */
export interface Transport {
  /**
   * The system has not taken all of what earlier turns of the event loop wrote, because the peer does not read: whoever writes
   * should wait for `taken` first. What is written nevertheless is kept.
   */
  readonly blocked: boolean;
  /** Bytes written in one turn of the event loop may leave together. */
  write(bytes: Uint8Array): void;
  /** Reads no more until `resume`, so that the peer has to wait. */
  pause(): void;
  resume(): void;
  /** Sends what was written, then FIN. */
  end(): void;
  /** Drops the connection at once. Nothing is heard of it any more. */
  destroy(): void;
}

/** What happens to a connection, reported to the device that opened it. */
export interface TransportEvents {
  opened(): void;
  received(bytes: Uint8Array): void;
  /** The system has taken all that was written: at the end of the turn that wrote it, or later when the peer does not read. */
  taken(): void;
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

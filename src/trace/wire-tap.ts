/** One side of a TCP connection. */
export interface Endpoint {
  /** An IPv4 or IPv6 address. */
  readonly address: string;
  readonly port: number;
}

/** Sees what goes over the connections of a run, as it goes. Buffers are only lent for the call. */
export interface WireTap {
  /** A connection was accepted. */
  connected(device: Endpoint, broker: Endpoint): ConnectionTap;
  /** A line of a TLS key log: what decrypts one connection, before anything is encrypted with it. */
  secret(keyLogLine: string): void;
}

export interface ConnectionTap {
  sent(bytes: Uint8Array): void;
  received(bytes: Uint8Array): void;
  /** FIN. */
  ended(by: 'device' | 'broker'): void;
  /** By the broker, or by whatever is on the way to it. */
  reset(): void;
}

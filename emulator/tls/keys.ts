/**
 * What the handshake needs of the holder of the private keys: on a device, the secure element. The chip generates the
 * ephemeral key, keeps it, and gets only a ready digest to sign. Called in this order: generateEphemeral, agree, and
 * sign only when the server requested a certificate. Public points are 64 bytes X||Y on P-256.
 */
export interface KeyOperations {
  /** Generates a fresh ephemeral key and returns its public point. */
  generateEphemeral(): Promise<Uint8Array>;
  /** The 32-byte premaster secret of the ephemeral key and the peer's point (RFC 8422 5.10). */
  agree(peer: Uint8Array): Promise<Uint8Array>;
  /** Signs a ready 32-byte digest with the key of the device's certificate: 64 bytes R||S. */
  sign(digest: Uint8Array): Promise<Uint8Array>;
}

/**
 * What a secure element computes, on what a secure element has: scalars, points and ready digests. Scalars and
 * digests are 32 bytes big-endian, points 64 bytes X||Y without the 04 prefix, signatures 64 bytes R||S.
 * Two back ends implement it and properties hold them equal: noble (portable reference) and the one for Node.
 */
export interface ChipCrypto {
  readonly name: 'noble' | 'node';
  /** SHA-256 over the concatenation of `parts` (FIPS 180-4). */
  sha256(...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC-SHA-256 over the concatenation of `parts` (RFC 2104). */
  hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** One AES-128 block, 16 bytes in and out (FIPS 197). */
  aesEncrypt(key: Uint8Array, block: Uint8Array): Uint8Array;
  aesDecrypt(key: Uint8Array, block: Uint8Array): Uint8Array;
  /** The point of a P-256 scalar, or undefined when the scalar is 0 or not below the group order. */
  publicKey(scalar: Uint8Array): Uint8Array | undefined;
  /** True when the 64 bytes are a point on P-256. */
  isPoint(point: Uint8Array): boolean;
  /** The X coordinate of scalar·point (SP 800-56A 5.7.1.2), or undefined when scalar or point is invalid. */
  agree(scalar: Uint8Array, point: Uint8Array): Uint8Array | undefined;
  /**
   * ECDSA over a ready digest, k by RFC 6979 3.6 with `extraEntropy` (32 bytes) as additional data; S is not forced
   * low. Undefined when the scalar is invalid.
   */
  signDigest(scalar: Uint8Array, digest: Uint8Array, extraEntropy: Uint8Array): Uint8Array | undefined;
  /** False for any signature that does not verify, and for an invalid point. */
  verifyDigest(point: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean;
}

import { hash } from 'node:crypto';

/** SHA-1 (FIPS 180-4), 20 bytes: X.509 key identifiers are made of it (RFC 5280 4.2.1.2), nothing is trusted to it. */
export function sha1(message: Uint8Array): Uint8Array {
  const digest = hash('sha1', message, 'buffer');
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
}

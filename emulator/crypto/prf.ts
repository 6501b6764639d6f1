import { createHmac, hash } from 'node:crypto';

export type PrfDigest = 'sha256' | 'sha384';

/** The digest of a transcript with the hash of the suite's PRF. */
export function digest(algorithm: PrfDigest, bytes: Uint8Array): Uint8Array {
  return hash(algorithm, bytes, 'buffer');
}

/** A short text that stands for exactly these bytes, to look them up by. */
export function fingerprint(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'base64');
}

/** PRF(secret, label, seed) of TLS 1.2, `length` bytes (RFC 5246 5). */
export function prf(
  algorithm: PrfDigest,
  secret: Uint8Array,
  label: string,
  seed: readonly Uint8Array[],
  length: number,
): Uint8Array {
  const mac = (...parts: readonly (Uint8Array | string)[]): Uint8Array => {
    const hmac = createHmac(algorithm, secret);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  };
  const out = new Uint8Array(length);
  let a = mac(label, ...seed);
  for (let filled = 0; ; a = mac(a)) {
    const block = mac(a, label, ...seed).subarray(0, length - filled);
    out.set(block, filled);
    filled += block.length;
    if (filled === length) return out;
  }
}

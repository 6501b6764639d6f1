import { createHmac } from 'node:crypto';
import { hmacSha256 } from './hmac.ts';

export type PrfDigest = 'sha256' | 'sha384';

const utf8 = new TextEncoder();

/** PRF(secret, label, seed) of TLS 1.2, `length` bytes (RFC 5246 5). */
export function prf(
  algorithm: PrfDigest,
  secret: Uint8Array,
  label: string,
  seed: readonly Uint8Array[],
  length: number,
): Uint8Array {
  const hmac = algorithm === 'sha256' ? hmacSha256 : hmacSha384;
  const named = [utf8.encode(label), ...seed];
  const out = new Uint8Array(length);
  let a = hmac(secret, ...named);
  for (let filled = 0; ; a = hmac(secret, a)) {
    const block = hmac(secret, a, ...named);
    out.set(block.subarray(0, length - filled), filled);
    filled += block.length;
    if (filled >= length) return out;
  }
}

function hmacSha384(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha384', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

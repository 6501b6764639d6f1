import { hmacSha256 } from './hmac.ts';

const utf8 = new TextEncoder();

/** PRF(secret, label, seed) of TLS 1.2 with P_SHA256, `length` bytes (RFC 5246 5). */
export function prf(secret: Uint8Array, label: string, seed: readonly Uint8Array[], length: number): Uint8Array {
  const named = [utf8.encode(label), ...seed];
  const out = new Uint8Array(length);
  let a = hmacSha256(secret, ...named);
  for (let filled = 0; ; a = hmacSha256(secret, a)) {
    const block = hmacSha256(secret, a, ...named);
    out.set(block.subarray(0, length - filled), filled);
    filled += block.length;
    if (filled >= length) return out;
  }
}

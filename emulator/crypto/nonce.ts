import { n, putBigInt, toBigInt } from './p256.ts';

type Hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]) => Uint8Array;

const ZERO = Uint8Array.of(0);
const ONE = Uint8Array.of(1);

/**
 * The candidates for k of RFC 6979 3.2 over P-256 with SHA-256, most likely first and last at once: a second one is
 * asked for when the first gives r = 0 or s = 0. `extra` is the additional data of 3.6, empty for plain 3.2.
 */
export function* nonces(hmac: Hmac, scalar: Uint8Array, digest: Uint8Array, extra: Uint8Array): Generator<bigint> {
  const reduced = new Uint8Array(32);
  putBigInt(reduced, 0, toBigInt(digest) % n);
  let v: Uint8Array = new Uint8Array(32).fill(1);
  let k: Uint8Array = new Uint8Array(32);
  for (const separator of [ZERO, ONE]) {
    k = hmac(k, v, separator, scalar, reduced, extra);
    v = hmac(k, v);
  }
  for (;;) {
    v = hmac(k, v);
    const candidate = toBigInt(v);
    if (candidate > 0n && candidate < n) yield candidate;
    k = hmac(k, v, ZERO);
    v = hmac(k, v);
  }
}

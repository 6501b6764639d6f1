/** P-256 (FIPS 186-5, SP 800-186 3.2.1.3) in BigInt: the few operations that node:crypto does not offer. */

/** The field's prime. */
const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
/** The group's order. */
export const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export function toBigInt(bytes: Uint8Array, offset = 0): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 32);
  const high = (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
  const low = (view.getBigUint64(16) << 64n) | view.getBigUint64(24);
  return (high << 128n) | low;
}

/** Writes `value` (below 2^256) as 32 bytes big-endian. */
export function putBigInt(out: Uint8Array, offset: number, value: bigint): void {
  const view = new DataView(out.buffer, out.byteOffset + offset, 32);
  view.setBigUint64(0, value >> 192n);
  // setBigUint64 keeps the low 64 bits of what it is given.
  view.setBigUint64(8, value >> 128n);
  view.setBigUint64(16, value >> 64n);
  view.setBigUint64(24, value);
}

export function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/**
 * The inverse of `value` (not 0) by the extended Euclidean algorithm in Lehmer's form (Knuth, The Art of Computer
 * Programming 2, 4.5.2 algorithm L): the leading 50 bits decide some 15 quotients in machine numbers, and one step in
 * BigInt applies them all. A quotient at a time costs four times as much, and signing inverts once per connection.
 */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1] = [modulus, mod(value, modulus)];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const shift = BigInt(Math.max(0, Math.floor(Math.log2(Number(r0))) - 49));
    let [x, y] = [Number(r0 >> shift), Number(r1 >> shift)];
    let [a, b, c, d] = [1, 0, 0, 1];
    // The true quotient lies between these two, because x and y are cut short; where they agree it is known.
    while (y + c > 0 && y + d > 0) {
      const quotient = Math.floor((x + a) / (y + c));
      if (quotient !== Math.floor((x + b) / (y + d))) break;
      [a, c] = [c, a - quotient * c];
      [b, d] = [d, b - quotient * d];
      [x, y] = [y, x - quotient * y];
    }
    if (b === 0) {
      const quotient = r0 / r1;
      [r0, r1] = [r1, r0 - quotient * r1];
      [t0, t1] = [t1, t0 - quotient * t1];
    } else {
      const [A, B, C, D] = [BigInt(a), BigInt(b), BigInt(c), BigInt(d)];
      [r0, r1] = [A * r0 + B * r1, C * r0 + D * r1];
      [t0, t1] = [A * t0 + B * t1, C * t0 + D * t1];
    }
  }
  return mod(t0, modulus);
}

/** SEC 1 3.2.2.1; the cofactor is 1, so that the curve's equation is all there is to hold. */
export function isOnCurve(x: bigint, y: bigint): boolean {
  return x < p && y < p && (y * y - x * x * x + 3n * x - b) % p === 0n;
}

export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** The sum of two points, undefined for the point at infinity (SEC 1 2.2.1). */
export function add(first: Point, second: Point): Point | undefined {
  if (first.x === second.x && (first.y + second.y) % p === 0n) return undefined;
  const slope =
    first.x === second.x
      ? (3n * first.x * first.x - 3n) * inverse(2n * first.y, p)
      : (second.y - first.y) * inverse(second.x - first.x, p);
  const x = mod(slope * slope - first.x - second.x, p);
  return { x, y: mod(slope * (first.x - x) - first.y, p) };
}

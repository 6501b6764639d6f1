/** The field of 256 elements and the tables that AES is made of (FIPS 197 4.2 and 5.1.1). */

/** `byte` times x. */
export function double(byte: number): number {
  return ((byte << 1) ^ (byte & 0x80 ? 0x11b : 0)) & 0xff;
}

// The elements as powers of x + 1, and back: a product is a sum of exponents.
const power = new Uint8Array(255);
const exponent = new Uint8Array(256);
for (let e = 0, element = 1; e < 255; e++) {
  power[e] = element;
  exponent[element] = e;
  element ^= double(element);
}

function product(first: number, second: number): number {
  if (first === 0 || second === 0) return 0;
  return power[((exponent[first] as number) + (exponent[second] as number)) % 255] as number;
}

/** What SubBytes makes of each byte, and back. */
export const box = new Uint8Array(256);
export const inverseBox = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  // The inverse, XORed with itself turned left by 1 to 4, and 63.
  const twice = byte === 0 ? 0 : 0x101 * (power[(255 - (exponent[byte] as number)) % 255] as number);
  const substitute = (twice ^ (twice >> 7) ^ (twice >> 6) ^ (twice >> 5) ^ (twice >> 4) ^ 0x63) & 0xff;
  box[byte] = substitute;
  inverseBox[substitute] = byte;
}

/** For each byte what a box and then MixColumns, whose first column is `factors`, make of it in the first row. */
export function columns(box: Uint8Array, factors: readonly [number, number, number, number]): Int32Array {
  return Int32Array.from(box, (byte) => factors.reduce((word, factor) => (word << 8) | product(byte, factor), 0));
}

export function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

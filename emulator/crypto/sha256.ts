import { putWord, wordAt } from './words.ts';

const BLOCK_SIZE = 64;

/** FIPS 180-4 4.2.2. */
const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

/** FIPS 180-4 5.3.3. */
const INITIAL = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

// One message schedule for all: it lives only as long as a block is compressed.
const w = new Int32Array(64);

/**
 * SHA-256 (FIPS 180-4) whose state can leave and come back between any two bytes, which neither noble nor node:crypto
 * offers.
 */
export class Sha256 {
  /** H of FIPS 180-4 6.2 after the whole blocks so far, 8 words. */
  readonly words: Int32Array;
  /** How many bytes went in. */
  length: number;
  readonly #block = new Uint8Array(BLOCK_SIZE);

  /** A fresh state, or the one that `words`, `length` and `pending` of another had. */
  constructor(words: Int32Array = INITIAL, length = 0, pending: Uint8Array = new Uint8Array(0)) {
    this.words = words.slice();
    this.length = length;
    this.#block.set(pending);
  }

  /** The bytes that wait for the rest of their block, 0..63; a view. */
  get pending(): Uint8Array {
    return this.#block.subarray(0, this.length % BLOCK_SIZE);
  }

  /** Takes the state that `words` and `length`, a multiple of 64, of another had; a fresh one otherwise. */
  reset(words: Int32Array = INITIAL, length = 0): void {
    this.words.set(words);
    this.length = length;
  }

  update(bytes: Uint8Array): void {
    const block = this.#block;
    let filled = this.length % BLOCK_SIZE;
    let at = 0;
    this.length += bytes.length;
    while (at < bytes.length) {
      if (filled === 0 && bytes.length - at >= BLOCK_SIZE) {
        compress(this.words, bytes, at);
        at += BLOCK_SIZE;
      } else {
        const end = Math.min(bytes.length, at + BLOCK_SIZE - filled);
        while (at < end) block[filled++] = bytes[at++] as number;
        if (filled < BLOCK_SIZE) return;
        compress(this.words, block, 0);
        filled = 0;
      }
    }
  }

  /** The digest, 32 bytes. Ends the computation. */
  digest(): Uint8Array {
    const block = this.#block;
    let filled = this.length % BLOCK_SIZE;
    block[filled++] = 0x80;
    if (filled > BLOCK_SIZE - 8) {
      while (filled < BLOCK_SIZE) block[filled++] = 0;
      compress(this.words, block, 0);
      filled = 0;
    }
    while (filled < BLOCK_SIZE - 8) block[filled++] = 0;
    putWord(block, 56, Math.floor(this.length / 0x2000_0000));
    putWord(block, 60, this.length << 3);
    compress(this.words, block, 0);
    const out = new Uint8Array(32);
    for (let index = 0; index < 8; index++) putWord(out, 4 * index, this.words[index] as number);
    return out;
  }
}

/** FIPS 180-4 6.2.2 for the 64 bytes at `from`. */
function compress(words: Int32Array, bytes: Uint8Array, from: number): void {
  for (let t = 0; t < 16; t++) w[t] = wordAt(bytes, from + 4 * t);
  for (let t = 16; t < 64; t++) {
    const early = w[t - 15] as number;
    const late = w[t - 2] as number;
    const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    w[t] = s1 + (w[t - 7] as number) + s0 + (w[t - 16] as number);
  }
  let a = words[0] as number;
  let b = words[1] as number;
  let c = words[2] as number;
  let d = words[3] as number;
  let e = words[4] as number;
  let f = words[5] as number;
  let g = words[6] as number;
  let h = words[7] as number;
  // Ch and Maj in forms of three and four operations.
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = g ^ (e & (f ^ g));
    const t1 = h + s1 + choice + (K[t] as number) + (w[t] as number);
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) | (c & (a | b));
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + s0 + majority) | 0;
  }
  words[0] = (words[0] as number) + a;
  words[1] = (words[1] as number) + b;
  words[2] = (words[2] as number) + c;
  words[3] = (words[3] as number) + d;
  words[4] = (words[4] as number) + e;
  words[5] = (words[5] as number) + f;
  words[6] = (words[6] as number) + g;
  words[7] = (words[7] as number) + h;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

// One state for all whole messages: none outlives its call.
const whole = new Sha256();

/** SHA-256 over the concatenation of `parts`, 32 bytes; for messages below some 300 bytes faster than node:crypto's. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  whole.reset();
  for (const part of parts) whole.update(part);
  return whole.digest();
}

import { putWord, wordAt } from './words.ts';

const BLOCK_SIZE = 16;

/** What the reduction adds for four bits that leave on the right; the polynomial is E1 followed by zeros. */
const reduction = new Int32Array(16);
for (let four = 0; four < 16; four++) {
  for (let bit = 0; bit < 4; bit++)
    if (four & (1 << bit)) reduction[four] = at(reduction, four) ^ (0xe1000000 >>> (3 - bit));
}

// The end of a message that is no whole block, padded with zeros.
const padded = new Uint8Array(BLOCK_SIZE);

/** GHASH (SP 800-38D 6.4), four bits at a time with the hash key's sixteen multiples (Shoup's table). */
export class Ghash {
  /** The block so far, 4 words. */
  readonly words = new Int32Array(4);
  /** The multiple of the hash key by each four bits, 4 words each; the leftmost bit is the one of least degree. */
  readonly #multiples = new Int32Array(4 * 16);

  /** Begins under another hash key, 4 words. */
  reset(key: Int32Array): void {
    const m = this.#multiples;
    m.set(key, 4 * 8);
    for (let four = 4; four > 0; four >>= 1) {
      const from = 8 * four;
      const to = 4 * four;
      m[to] = (at(m, from) >>> 1) ^ (-(at(m, from + 3) & 1) & 0xe1000000);
      for (let word = 1; word < 4; word++) m[to + word] = (at(m, from + word) >>> 1) | (at(m, from + word - 1) << 31);
    }
    for (let high = 2; high < 16; high <<= 1) {
      for (let low = 1; low < high; low++) {
        for (let word = 0; word < 4; word++)
          m[4 * (high + low) + word] = at(m, 4 * high + word) ^ at(m, 4 * low + word);
      }
    }
    this.words.fill(0);
  }

  /** Takes `bytes[from..to)`, with zeros up to a whole block. */
  update(bytes: Uint8Array, from: number, to: number): void {
    const whole = to - ((to - from) % BLOCK_SIZE);
    for (let block = from; block < whole; block += BLOCK_SIZE) this.#takeBlock(bytes, block);
    if (whole === to) return;
    padded.fill(0);
    for (let index = whole; index < to; index++) padded[index - whole] = bytes[index] as number;
    this.#takeBlock(padded, 0);
  }

  /** The last block: the lengths in bytes of what was authenticated only and of what was encrypted. */
  takeLengths(additional: number, ciphertext: number): void {
    const { words } = this;
    words[1] = at(words, 1) ^ (additional << 3);
    words[3] = at(words, 3) ^ (ciphertext << 3);
    this.#multiply();
  }

  #takeBlock(bytes: Uint8Array, from: number): void {
    const { words } = this;
    for (let word = 0; word < 4; word++) words[word] = at(words, word) ^ wordAt(bytes, from + 4 * word);
    this.#multiply();
  }

  /** SP 800-38D 6.3: the block times the hash key. */
  #multiply(): void {
    const { words } = this;
    const m = this.#multiples;
    let [z0, z1, z2, z3] = [0, 0, 0, 0];
    for (let word = 3; word >= 0; word--) {
      for (let rest = at(words, word), four = 0; four < 8; four++, rest >>>= 4) {
        const out = z3 & 0xf;
        z3 = (z3 >>> 4) | (z2 << 28);
        z2 = (z2 >>> 4) | (z1 << 28);
        z1 = (z1 >>> 4) | (z0 << 28);
        z0 = (z0 >>> 4) ^ at(reduction, out);
        const multiple = 4 * (rest & 0xf);
        z0 ^= at(m, multiple);
        z1 ^= at(m, multiple + 1);
        z2 ^= at(m, multiple + 2);
        z3 ^= at(m, multiple + 3);
      }
    }
    words[0] = z0;
    words[1] = z1;
    words[2] = z2;
    words[3] = z3;
  }
}

function at(words: Int32Array, index: number): number {
  return words[index] as number;
}

const product = new Ghash();

/** x·y in GCM's field of 2^128 elements (SP 800-38D 6.3), 16 bytes each: one step of GHASH. */
export function gcmMultiply(x: Uint8Array, y: Uint8Array): Uint8Array {
  product.reset(Int32Array.from([0, 4, 8, 12], (from) => wordAt(y, from)));
  product.update(x, 0, BLOCK_SIZE);
  const bytes = new Uint8Array(BLOCK_SIZE);
  for (let word = 0; word < 4; word++) putWord(bytes, 4 * word, at(product.words, word));
  return bytes;
}

import { sha256 } from '../crypto/index.ts';

const utf8 = new TextEncoder();
const NOTHING = new Uint8Array(0);

/**
 * The only source of randomness, a tree: every consumer forks its own branch by name, so that what it draws depends on
 * the root and its path alone, never on the order in which others draw.
 */
export interface Rng {
  /** `length` fresh bytes. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1) with 48 bits of randomness. */
  fraction(): number;
  /** The branch at `path`; forking draws nothing from this node, and the same path gives the same branch. */
  fork(...path: readonly (string | number)[]): Rng;
}

const BYTES_TAG = Uint8Array.of(0);
const FORK_TAG = Uint8Array.of(1);

/**
 * SHA-256 in counter mode under a secret key: block i is SHA-256(key || 00 || LE48(i)), a fork's key is
 * SHA-256(key || 01 || path). The tag behind the key keeps the two apart; no output is a prefix of another message.
 */
class TreeRng implements Rng {
  readonly #key: Uint8Array;
  #blocks = 0;
  #block: Uint8Array = NOTHING;
  /** How many bytes of the block are out. */
  #used = 0;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let index = 0; index < length; index++) out[index] = this.#byte();
    return out;
  }

  fraction(): number {
    let value = 0;
    for (let index = 0; index < 6; index++) value = 256 * value + this.#byte();
    return value / 2 ** 48;
  }

  fork(...path: readonly (string | number)[]): Rng {
    // JSON keeps ('a', 'b'), ('a/b') and (1), ('1') apart.
    return new TreeRng(sha256(this.#key, FORK_TAG, utf8.encode(JSON.stringify(path))));
  }

  #byte(): number {
    if (this.#used === this.#block.length) this.#nextBlock();
    const byte = this.#block[this.#used++] as number;
    if (this.#used === this.#block.length) {
      // A fleet has thousands of generators: no block stays that is used up.
      this.#block = NOTHING;
      this.#used = 0;
    }
    return byte;
  }

  #nextBlock(): void {
    const counter = new Uint8Array(6);
    for (let index = 0, rest = this.#blocks; index < 6; index++, rest = Math.floor(rest / 256)) counter[index] = rest;
    this.#blocks++;
    this.#block = sha256(this.#key, BYTES_TAG, counter);
    this.#used = 0;
  }
}

/** The root of a tree: from any text (repeatable, for tests only), or from 32 bytes of the operating system's entropy. */
export function rootRng(seed: string | Uint8Array): Rng {
  return new TreeRng(typeof seed === 'string' ? sha256(utf8.encode(`emu seed ${seed}`)) : seed);
}

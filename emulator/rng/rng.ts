import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

const NOTHING = new Uint8Array(0);

/**
 * The only source of chance, a tree: every consumer forks its own branch by name, so that what it draws depends on
 * the root and its path alone, never on the order in which others draw.
 */
export interface Rng {
  /** `length` fresh bytes. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1) with 48 bits of chance. */
  fraction(): number;
  /** The branch at `path`; forking draws nothing from this node, and the same path gives the same branch. */
  fork(...path: readonly (string | number)[]): Rng;
}

const BLOCK_BYTES = 32;
const BYTES_TAG = 0;
const FORK_TAG = 1;

/**
 * SHA-256 in counter mode under a secret key: block i is SHA-256(key || 00 || LE48(i)), a fork's key is
 * SHA-256(key || 01 || path). The tag behind the key keeps the two apart; no output is a prefix of another message.
 */
class TreeRng implements Rng {
  readonly #key: Uint8Array;
  #blocks = 0;
  #buffer: Uint8Array = NOTHING;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.#buffer.length === 0) this.#buffer = this.#nextBlock();
      const take = this.#buffer.subarray(0, length - filled);
      out.set(take, filled);
      filled += take.length;
      this.#buffer = take.length === this.#buffer.length ? NOTHING : this.#buffer.subarray(take.length);
    }
    return out;
  }

  fraction(): number {
    const view = new DataView(this.bytes(6).buffer);
    return view.getUint16(0) / 2 ** 16 + view.getUint32(2) / 2 ** 48;
  }

  fork(...path: readonly (string | number)[]): Rng {
    // JSON keeps ('a', 'b'), ('a/b') and (1), ('1') apart.
    return new TreeRng(this.#hash(FORK_TAG, utf8ToBytes(JSON.stringify(path))));
  }

  #nextBlock(): Uint8Array {
    const counter = new DataView(new ArrayBuffer(6));
    counter.setUint32(0, this.#blocks % 2 ** 32, true);
    counter.setUint16(4, Math.floor(this.#blocks / 2 ** 32), true);
    this.#blocks++;
    return this.#hash(BYTES_TAG, new Uint8Array(counter.buffer));
  }

  #hash(tag: number, rest: Uint8Array): Uint8Array {
    const message = new Uint8Array(BLOCK_BYTES + 1 + rest.length);
    message.set(this.#key);
    message[BLOCK_BYTES] = tag;
    message.set(rest, BLOCK_BYTES + 1);
    return sha256(message);
  }
}

/** The root of a tree: from any text (repeatable, for tests only), or from 32 bytes of the operating system's chance. */
export function rootRng(seed: string | Uint8Array): Rng {
  return new TreeRng(typeof seed === 'string' ? sha256(utf8ToBytes(`emu seed ${seed}`)) : seed);
}

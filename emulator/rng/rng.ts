import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

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

/** An HMAC-SHA-256 counter generator: block i is HMAC(key, "bytes" || LE64(i)), a fork's key is HMAC(key, "fork" || path). */
class TreeRng implements Rng {
  readonly #key: Uint8Array;
  #block = 0;
  #buffer: Uint8Array = new Uint8Array(0);

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
      this.#buffer = this.#buffer.subarray(take.length);
    }
    return out;
  }

  fraction(): number {
    const bytes = this.bytes(6);
    return new DataView(bytes.buffer).getUint16(0) / 2 ** 16 + new DataView(bytes.buffer).getUint32(2) / 2 ** 48;
  }

  fork(...path: readonly (string | number)[]): Rng {
    // JSON keeps ('a', 'b'), ('a/b') and (1), ('1') apart.
    return new TreeRng(hmac(sha256, this.#key, utf8ToBytes(`fork${JSON.stringify(path)}`)));
  }

  #nextBlock(): Uint8Array {
    const message = new Uint8Array(13);
    message.set(utf8ToBytes('bytes'));
    new DataView(message.buffer).setBigUint64(5, BigInt(this.#block++), true);
    return hmac(sha256, this.#key, message);
  }
}

/** The root of a tree: from any text (repeatable, for tests only), or from 32 bytes of the operating system's chance. */
export function rootRng(seed: string | Uint8Array): Rng {
  return new TreeRng(typeof seed === 'string' ? sha256(utf8ToBytes(`emu seed ${seed}`)) : seed);
}

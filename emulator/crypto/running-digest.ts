import { createHash, type Hash } from 'node:crypto';
import type { PrfDigest } from './prf.ts';

/** The digest of a message that is still growing: each of its bytes is hashed once, however often the digest is asked for. */
export class RunningDigest {
  readonly #hash: Hash;

  constructor(algorithm: PrfDigest) {
    this.#hash = createHash(algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** The digest of everything so far. */
  value(): Uint8Array {
    return this.#hash.copy().digest();
  }
}

import { createHash } from 'node:crypto';

/** The SHA-256 of a message that is still growing: each of its bytes is hashed once, however often the digest is asked for. */
export class RunningDigest {
  readonly #hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** The SHA-256 of everything so far. */
  value(): Uint8Array {
    return this.#hash.copy().digest();
  }
}

/** Eight bytes of a key anywhere are a leak; random bytes show them once in 10^15 runs. */
const WINDOW = 8;
/** What has fewer different bytes is no secret: it would turn up by itself. */
const LEAST_DIFFERENT = 5;

/** What must never leave the chip, and the search for it. */
export class Secrets {
  readonly #windows = new Map<number, Set<string>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Every part of it is secret, also backwards. */
  add(secret: Uint8Array): void {
    this.#size++;
    for (const bytes of [Buffer.from(secret), Buffer.from(secret.toReversed())]) {
      for (let at = 0; at + WINDOW <= bytes.length; at++) {
        const window = bytes.subarray(at, at + WINDOW);
        if (new Set(window).size < LEAST_DIFFERENT) continue;
        const head = window.readUInt32LE();
        const tails = this.#windows.get(head) ?? new Set();
        tails.add(window.toString('latin1'));
        this.#windows.set(head, tails);
      }
    }
  }

  /** Throws where an output holds a part of a secret. */
  search(outputs: readonly Uint8Array[]): void {
    const out = Buffer.concat(outputs);
    for (let at = 0; at + WINDOW <= out.length; at++) {
      const window = this.#windows.get(out.readUInt32LE(at))?.has(out.toString('latin1', at, at + WINDOW));
      if (window) throw new Error(`bytes of a secret came out: ${out.toString('hex', at, at + WINDOW)}`);
    }
  }
}

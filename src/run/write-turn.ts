/** What can write now: a connection. */
export interface Writer {
  writeNow(bytes: Uint8Array): void;
}

/** Gathers what one turn of the event loop writes to a connection into one system call. */
export class WriteTurn {
  /** What each connection gets when the turn ends: one piece, or several in their order. */
  #waiting = new Map<Writer, Uint8Array | Uint8Array[]>();
  readonly #flush = () => this.flush();

  write(to: Writer, bytes: Uint8Array): void {
    if (this.#waiting.size === 0) process.nextTick(this.#flush);
    const before = this.#waiting.get(to);
    if (before === undefined) this.#waiting.set(to, bytes);
    else if (Array.isArray(before)) before.push(bytes);
    else this.#waiting.set(to, [before, bytes]);
  }

  /** The turn ends now. */
  flush(): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const [to, bytes] of waiting) to.writeNow(Array.isArray(bytes) ? Buffer.concat(bytes) : bytes);
  }
}

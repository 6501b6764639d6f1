import type { Socket } from 'node:net';

/** Gathers what one turn of the event loop writes to a socket into one system call. */
export class WriteTurn {
  /** What each socket gets when the turn ends: one piece, or several in their order. */
  #waiting = new Map<Socket, Uint8Array | Uint8Array[]>();
  readonly #flush = () => this.flush();

  write(socket: Socket, bytes: Uint8Array): void {
    if (this.#waiting.size === 0) process.nextTick(this.#flush);
    const before = this.#waiting.get(socket);
    if (before === undefined) this.#waiting.set(socket, bytes);
    else if (Array.isArray(before)) before.push(bytes);
    else this.#waiting.set(socket, [before, bytes]);
  }

  /** The turn ends now. */
  flush(): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const [socket, bytes] of waiting) socket.write(Array.isArray(bytes) ? Buffer.concat(bytes) : bytes);
  }
}

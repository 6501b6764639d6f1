/** What may be acknowledged. */
export type Acknowledged = 'publish' | 'subscribe' | 'unsubscribe';

interface Entry {
  readonly packet: Acknowledged;
  readonly id: number;
  readonly bytes: number;
  /** When the entry was moved out by its successor. */
  at: number;
}

export interface OutboxLimits {
  readonly maxBytes: number;
  readonly expiryMs: number;
}

/**
 * The packets that wait for an acknowledgement. The firmware sends none of them again: all that the outbox decides is
 * which acknowledgements it still knows.
 *
 * Quirk: the last packet sent waits outside the outbox, where nothing expires; the next one moves it in.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  #last: Entry | undefined;
  #entries: Entry[] = [];

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  add(packet: Acknowledged, id: number, bytes: number, now: number): void {
    if (this.#last !== undefined) {
      this.#last.at = now;
      this.#entries.push(this.#last);
    }
    this.#last = { packet, id, bytes, at: now };
    this.#discard(now);
  }

  /** Whether the acknowledgement is of something that waits; it waits no more. */
  take(packet: Acknowledged, id: number, now: number): boolean {
    this.#discard(now);
    const index = this.#entries.findIndex((entry) => entry.packet === packet && entry.id === id);
    if (index !== -1) {
      this.#entries.splice(index, 1);
      return true;
    }
    if (this.#last?.packet !== packet || this.#last.id !== id) return false;
    this.#last = undefined;
    return true;
  }

  clear(): void {
    this.#last = undefined;
    this.#entries = [];
  }

  /** Drops what has expired, then the oldest until the rest fits. */
  #discard(now: number): void {
    let bytes = this.#entries.reduce((sum, entry) => sum + entry.bytes, 0);
    for (let oldest = this.#entries[0]; oldest !== undefined; oldest = this.#entries[0]) {
      if (now - oldest.at <= this.#limits.expiryMs && bytes <= this.#limits.maxBytes) return;
      bytes -= oldest.bytes;
      this.#entries.shift();
    }
  }
}

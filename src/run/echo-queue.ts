/** Times of publishes on a device's own topic whose echoes are still out, first in first out. */
export class EchoQueue {
  #sentAt: number[] = [];

  sent(now: number): void {
    this.#sentAt.push(now);
  }

  /** An echo arrived, or was lost on its way into the device: how long it took, or undefined when none was out. */
  returned(now: number): number | undefined {
    const sentAt = this.#sentAt.shift();
    return sentAt === undefined ? undefined : now - sentAt;
  }

  /** The connection is new: what was out never comes back. */
  empty(): void {
    this.#sentAt = [];
  }
}

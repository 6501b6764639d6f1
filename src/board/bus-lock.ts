import type { Clock } from '../../emulator/clock/index.ts';

/** A user of a board's bus: one connection, however it is identified. */
export type Master = object;

/**
 * A master that holds the bus without going on loses it to others after this long. SMBus gives it 35 ms (SMBus 3.2,
 * t_TIMEOUT,MAX), but a busy machine may keep a program from its processor for longer, and half a transfer reads the wrong
 * register. However many transfers without STOP follow one another, they have this long together. One that is gone loses the
 * bus at once.
 */
const HOLD_LIMIT_MS = 1000;

/**
 * One master at a time. The one that has the bus may go on with it, so that a transfer without STOP and the one behind it
 * belong together; the others wait in the order in which they came.
 */
export class BusLock {
  readonly #clock: Clock;
  readonly #waiting: { readonly master: Master; readonly go: () => void }[] = [];
  #owner: Master | undefined;
  #heldSince: number | undefined;
  #cancelLimit: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when `master` has the bus now. */
  tryAcquire(master: Master): boolean {
    if (this.#owner !== undefined && this.#owner !== master) return false;
    this.#owner = master;
    this.#cancelLimit?.();
    this.#cancelLimit = undefined;
    return true;
  }

  /** Resolves when `master` has the bus. */
  acquire(master: Master): Promise<void> {
    if (this.tryAcquire(master)) return Promise.resolve();
    return new Promise((go) => {
      this.#waiting.push({ master, go });
    });
  }

  /** The owner's transfer ended without STOP: the bus stays its own for a while. */
  hold(master: Master): void {
    const now = this.#clock.now();
    this.#heldSince ??= now;
    const left = this.#heldSince + HOLD_LIMIT_MS - now;
    if (left <= 0) this.release(master);
    else this.#cancelLimit = this.#clock.alarm(left, () => this.release(master));
  }

  /** STOP, or the end of a master: the next one has the bus. */
  release(master: Master): void {
    if (this.#owner !== master) return;
    this.#cancelLimit?.();
    this.#cancelLimit = undefined;
    this.#heldSince = undefined;
    const next = this.#waiting.shift();
    this.#owner = next?.master;
    next?.go();
  }
}

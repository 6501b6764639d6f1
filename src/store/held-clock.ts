import type { Clock } from '../../emulator/clock/index.ts';

/**
 * A chip's clock, which stands still while its memory is being kept: silicon knows nothing of the host's disk, and a slow
 * one must not let the watchdog expire.
 */
export class HeldClock implements Clock {
  readonly #clock: Clock;
  #held = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds that the chip does not notice. */
  get held(): number {
    return this.#held;
  }

  now(): number {
    return this.#clock.now() - this.#held;
  }

  alarm(delayMs: number, ring: () => void): () => void {
    return this.#clock.alarm(delayMs, ring);
  }

  hold(ms: number): void {
    this.#held += ms;
  }
}

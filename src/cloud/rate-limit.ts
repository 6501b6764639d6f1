import type { Clock } from '../../emulator/clock/index.ts';

/** So many in a second, and as many at once after a quiet second. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #clock: Clock;
  /** When the bucket would be full again, if nothing more came. */
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /** Takes one, where there is one. */
  take(): boolean {
    if (this.#owed() > this.#burstMs) return false;
    this.#spend();
    return true;
  }

  /** Takes one that may not be there yet; how long to wait for it, in milliseconds. */
  reserve(): number {
    const wait = Math.max(0, this.#owed() - this.#burstMs);
    this.#spend();
    return wait;
  }

  get #gapMs(): number {
    return 1000 / this.#perSecond;
  }

  /** The bucket holds what comes in a second, one at least. */
  get #burstMs(): number {
    return Math.max(0, 1000 - this.#gapMs);
  }

  #owed(): number {
    return Math.max(0, this.#fullAt - this.#clock.now());
  }

  #spend(): void {
    this.#fullAt = Math.max(this.#fullAt, this.#clock.now()) + this.#gapMs;
  }
}

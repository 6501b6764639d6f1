import { type Clock, sleep } from './clock.ts';

/** Longer than a computation between two steps, shorter than any wait that matters. */
const GOES_ON_MS = 1;

/**
 * The time of one task that works in many short steps. What a step takes is spent at once and waited for later, in one
 * alarm: to the task, and to what it talks to on this clock, each step still has its own exact time. An alarm that rings
 * late shortens the waits that follow, so that lateness does not add up.
 */
export class TaskClock implements Clock {
  readonly #clock: Clock;
  /** Spent and not yet waited for; below 0 when the last alarm rang late. */
  #ahead = 0;
  #wokeAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.#ahead;
  }

  alarm(delayMs: number, ring: () => void): () => void {
    return this.#clock.alarm(delayMs + this.#ahead, ring);
  }

  /** The task has been busy for `ms`. */
  spend(ms: number): void {
    // Late is only who goes on at once; after another wait the task begins at the time that it is.
    if (this.#ahead < 0 && this.#clock.now() > this.#wokeAt + GOES_ON_MS) this.#ahead = 0;
    this.#ahead += ms;
  }

  /** Resolves when all that was spent has passed. */
  async settle(): Promise<void> {
    if (this.#ahead <= 0) return;
    const target = this.now();
    await sleep(this.#clock, this.#ahead);
    this.#wokeAt = this.#clock.now();
    this.#ahead = target - this.#wokeAt;
  }
}

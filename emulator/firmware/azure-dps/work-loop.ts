import type { Clock } from '../../clock/index.ts';

const NOTHING = () => {};

/**
 * A loop that works, sleeps `periodMs` and works again, for ever. Only the turns that have something to do happen: it is woken
 * for them. So thousands of devices that wait for an answer cost nothing.
 */
export class WorkLoop {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #work: () => void;
  /** When the turn was that all others are whole periods after. */
  #firstTurn = 0;
  #lastTurn = 0;
  #nextTurn = Number.POSITIVE_INFINITY;
  #cancel = NOTHING;

  constructor(clock: Clock, periodMs: number, work: () => void) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#work = work;
  }

  /** A turn has just ended. */
  start(): void {
    this.#firstTurn = this.#clock.now();
    this.#lastTurn = this.#firstTurn;
  }

  /** There is work for the next turn. */
  wake(): void {
    this.wakeAt(this.#clock.now());
  }

  /** There is work for the first turn at `time` or later. */
  wakeAt(time: number): void {
    const turns = Math.ceil((time - this.#firstTurn) / this.#periodMs);
    const next = this.#firstTurn + turns * this.#periodMs;
    this.#arm(Math.max(next, this.#lastTurn + this.#periodMs));
  }

  stop(): void {
    this.#cancel();
    this.#nextTurn = Number.POSITIVE_INFINITY;
  }

  #arm(at: number): void {
    if (at >= this.#nextTurn) return;
    this.#cancel();
    this.#nextTurn = at;
    this.#cancel = this.#clock.alarm(at - this.#clock.now(), () => {
      this.#nextTurn = Number.POSITIVE_INFINITY;
      this.#lastTurn = at;
      this.#work();
    });
  }
}

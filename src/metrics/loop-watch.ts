import type { Clock } from '../../emulator/clock/index.ts';

/** How late an event loop was in some time. */
export interface Lateness {
  /** The longest stall, ms. */
  readonly maxMs: number;
  /** All stalls together, ms. */
  readonly totalMs: number;
}

/** How often the loop is looked at. */
const TICK_MS = 50;
/** A loop that comes round later than this is late. */
export const LATE_MS = 100;

/** Watches whether this process's event loop comes round in time. */
export class LoopWatch {
  readonly #clock: Clock;
  readonly #onTurn: (lateMs: number) => void;
  #cancel = () => {};
  #due: number;
  /** The aftermath of all stalls ends then. */
  #lateUntil = Number.NEGATIVE_INFINITY;
  #maxMs = 0;
  #totalMs = 0;

  /**
   * @param from when to begin, on the clock
   * @param onTurn called each time that the loop is looked at, with how much too late it came round
   */
  constructor(clock: Clock, from: number, onTurn: (lateMs: number) => void = () => {}) {
    this.#clock = clock;
    this.#onTurn = onTurn;
    this.#due = from;
    this.#wait();
  }

  /**
   * Whether what fails now may fail because of this process: it was late just now, or a peer that it kept waiting for some
   * time answers to that, for which it has as long again.
   */
  get late(): boolean {
    return this.lateSince(this.#clock.now());
  }

  /** The same of what began at `at` and ends now. */
  lateSince(at: number): boolean {
    this.#look();
    return at < this.#lateUntil;
  }

  /** Of the time since the last call. */
  take(): Lateness {
    this.#look();
    const taken = { maxMs: this.#maxMs, totalMs: this.#totalMs };
    this.#maxMs = 0;
    this.#totalMs = 0;
    return taken;
  }

  /** The loop may come round as late as it likes from now on. */
  stop(): void {
    this.#turn();
    this.#cancel();
    this.#due = Number.POSITIVE_INFINITY;
  }

  #wait(): void {
    this.#cancel = this.#clock.alarm(this.#due - this.#clock.now(), () => {
      this.#turn();
      this.#due = this.#clock.now() + TICK_MS;
      this.#wait();
    });
  }

  #turn(): void {
    const lateMs = Math.max(0, this.#clock.now() - this.#due);
    if (!this.#look()) this.#onTurn(lateMs);
  }

  /** Whether there was a stall. After one, sockets may be served before timers: whoever asks first sees it, and it is told once. */
  #look(): boolean {
    const now = this.#clock.now();
    const lateBy = now - this.#due;
    if (lateBy <= LATE_MS) return false;
    this.#due = now;
    this.#lateUntil = Math.max(this.#lateUntil, now + lateBy);
    this.#totalMs += lateBy;
    this.#maxMs = Math.max(this.#maxMs, lateBy);
    this.#onTurn(lateBy);
    return true;
  }
}

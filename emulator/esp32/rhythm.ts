import type { TaskClock } from '../clock/index.ts';

/**
 * When samples are due. The firmware's own rhythm rests for a while after its work, so its period is longer than the rest by
 * what the work takes. A rhythm that was asked for keeps a schedule: the rest is what the work leaves of the period.
 */
export class Rhythm {
  readonly #clock: TaskClock;
  readonly #periodMs: number;
  readonly #keepsSchedule: boolean;
  /** When the present period began, on the task's clock. */
  #beganAt = 0;
  /** How much of what the clock forgot has been counted as missed. */
  #countedMs = 0;
  /** How much of it has been told as lateness of a message, or counted as missed. */
  #toldMs = 0;

  /** @param periodMs from one sample to the next; without a schedule less what the work takes */
  constructor(clock: TaskClock, periodMs: number, keepsSchedule: boolean) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#keepsSchedule = keepsSchedule;
  }

  /** The first period begins. */
  start(): void {
    this.#beganAt = this.#clock.now();
    this.#countedMs = this.#clock.forgottenMs;
    this.#toldMs = this.#countedMs;
  }

  /** How late the message is that is made now, ms, without the periods that were missed before it: ask for those first. */
  takeLateMs(): number {
    const givenUpMs = Math.max(0, this.#clock.forgottenMs - this.#toldMs);
    this.#toldMs = this.#clock.forgottenMs;
    return givenUpMs + Math.max(0, this.#clock.lateFor(this.#clock.now()));
  }

  /** Periods that went by while the program was late and that the task does not make up for, since the last call. */
  missed(): number {
    const periods = Math.floor((this.#clock.forgottenMs - this.#countedMs) / this.#periodMs);
    this.#countedMs += periods * this.#periodMs;
    this.#toldMs += periods * this.#periodMs;
    return periods;
  }

  /**
   * The work of a period is done: the next begins after `restMs`. `skipped` periods went by meanwhile, because the work took
   * longer than more than one.
   */
  next(settledMs: number): { readonly restMs: number; readonly skipped: number } {
    if (!this.#keepsSchedule) {
      this.#beganAt = this.#clock.now() + this.#periodMs - settledMs;
      return { restMs: this.#periodMs - settledMs, skipped: 0 };
    }
    const behindMs = this.#clock.now() - (this.#beganAt + this.#periodMs);
    const skipped = behindMs > this.#periodMs ? Math.floor(behindMs / this.#periodMs) : 0;
    this.#beganAt += (1 + skipped) * this.#periodMs;
    return { restMs: Math.max(0, this.#beganAt - this.#clock.now()), skipped };
  }

  /** Periods that have begun and passed, at the device's end, without the program coming to them. */
  passed(): number {
    const lateMs = this.#clock.lateFor(this.#beganAt);
    return this.missed() + (lateMs > this.#periodMs ? Math.floor(lateMs / this.#periodMs) : 0);
  }
}

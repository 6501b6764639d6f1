import type { Clock } from './clock.ts';

interface PendingAlarm {
  readonly at: number;
  readonly order: number;
  readonly ring: () => void;
}

/** Lets everything that is runnable at this instant run; the default drains promise callbacks. */
export type Drain = () => Promise<void>;

async function drainMicrotasks(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
}

/**
 * A clock that moves only when the caller says so: timed behaviour in tests runs faster than real time and repeats exactly.
 * Alarms ring in the order of their times, those of one instant in the order they were set.
 */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  #alarms: PendingAlarm[] = [];
  readonly #drain: Drain;

  constructor(options: { readonly start?: number; readonly drain?: Drain } = {}) {
    this.#now = options.start ?? 0;
    this.#drain = options.drain ?? drainMicrotasks;
  }

  now(): number {
    return this.#now;
  }

  alarm(delayMs: number, ring: () => void): () => void {
    const pending = { at: this.#now + Math.max(0, delayMs), order: this.#order++, ring };
    const after = this.#alarms.findIndex((other) => other.at > pending.at);
    this.#alarms.splice(after === -1 ? this.#alarms.length : after, 0, pending);
    return () => {
      const index = this.#alarms.indexOf(pending);
      if (index !== -1) this.#alarms.splice(index, 1);
    };
  }

  /** The time of the next alarm, or undefined when none is set. */
  get nextAlarm(): number | undefined {
    return this.#alarms[0]?.at;
  }

  /** Moves time on by `ms`, ringing what falls due and letting its consequences run before the next alarm. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.#drain();
    for (let due = this.#takeDue(end); due !== undefined; due = this.#takeDue(end)) {
      this.#now = Math.max(this.#now, due.at);
      due.ring();
      await this.#drain();
    }
    this.#now = Math.max(this.#now, end);
  }

  /** Time passes and nothing runs, as when the process is stopped: what falls due rings late, in the next `advance`. */
  leap(ms: number): void {
    this.#now += ms;
  }

  /** The next alarm until `end`, or until now where a leap went beyond. */
  #takeDue(end: number): PendingAlarm | undefined {
    const [next] = this.#alarms;
    return next !== undefined && next.at <= Math.max(end, this.#now) ? this.#alarms.shift() : undefined;
  }
}

import { type Clock, TaskClock } from '../../emulator/clock/index.ts';

/** How often a board that has a master looks at the time. */
const BEAT_MS = 25;
/** What can pass between two looks before this process was away. */
const LONGEST_BEAT_MS = 50;
/** A nanosecond: sums of fractions differ by less. */
const ROUNDING_MS = 1e-6;

/**
 * The time of a board's parts. Their masters are other programs, so that it is real time, but for what is this process's own
 * doing: while it is stopped or gets no processor, and while a memory is being stored, the time stands still. A chip whose
 * master says nothing for 1.3 s goes to sleep; one whose master spoke and was not heard does not.
 */
export class BoardClock implements Clock {
  readonly #machine: Clock;
  /** All the time that the parts do not notice. */
  #leftOut = 0;
  #lookedAt: number;
  #holds = 0;
  #masters = 0;
  /** The time of a driver that is at work. */
  #driven: (() => number) | undefined;
  #cancelBeat = () => {};

  constructor(machine: Clock) {
    this.#machine = machine;
    this.#lookedAt = machine.now();
  }

  now(): number {
    return this.#driven === undefined ? this.undriven() : this.#driven();
  }

  /** What it is for a part that no driver waits for. */
  undriven(): number {
    const machineTime = this.#machine.now();
    const passed = machineTime - this.#lookedAt;
    this.#lookedAt = machineTime;
    if (this.#holds > 0) this.#leftOut += passed;
    else if (this.#masters > 0) this.#leftOut += Math.max(0, passed - LONGEST_BEAT_MS);
    return machineTime - this.#leftOut;
  }

  alarm(delayMs: number, ring: () => void): () => void {
    const at = this.now() + delayMs;
    const onAlarm = () => {
      const left = at - this.now();
      if (left <= ROUNDING_MS) ring();
      else cancel = this.#machine.alarm(left, onAlarm);
    };
    let cancel = this.#machine.alarm(delayMs, onAlarm);
    return () => cancel();
  }

  /** Someone is connected from now on, until the function that this returns is called: it is noticed when this process is away. */
  attend(): () => void {
    this.now();
    if (this.#masters++ === 0) this.#beat();
    return () => {
      this.now();
      if (--this.#masters === 0) this.#cancelBeat();
    };
  }

  /** Stands still until `wait` is over. */
  async hold(wait: Promise<unknown>): Promise<void> {
    this.now();
    this.#holds++;
    try {
      await wait;
    } finally {
      this.now();
      this.#holds--;
    }
  }

  /** While `work` goes on, which is synchronous, it is `time`. */
  during<T>(time: () => number, work: () => T): T {
    this.#driven = time;
    try {
      return work();
    } finally {
      this.#driven = undefined;
    }
  }

  /**
   * What a driver does with the parts in synchronous calls: their time moves by what it spends, from `start` on. Resolves
   * when as much has passed.
   */
  async drive<T>(work: (task: TaskClock, start: number) => T): Promise<T> {
    const start = this.now();
    const task = new TaskClock(this.#machine);
    try {
      return this.during(
        () => start + task.now(),
        () => work(task, start),
      );
    } finally {
      this.#leftOut -= task.now();
      const passing = task.settle();
      if (passing !== undefined) await this.hold(passing);
    }
  }

  #beat(): void {
    this.now();
    this.#cancelBeat = this.#machine.alarm(BEAT_MS, () => this.#beat());
  }
}

import { type Clock, sleep } from './clock.ts';

export interface TaskClockOptions {
  /** How late the task may be and still shorten its next waits for it, in milliseconds. The default is 1000. */
  readonly catchUpMs?: number;
}

/**
 * The time of one task of a virtual device, in milliseconds from where the clock was made. The parts on the task's bus live
 * on it. It is the device's own: it moves by what the device does and never by how late the process is.
 *
 * Three things move it, each by an exact amount:
 * - `spend`: what a transfer or a wait of a driver takes. Time moves at once, and `settle` waits for it later, in one alarm.
 * - an alarm (`sleep(taskClock, ms)`), for the delays of the firmware: when it rings, exactly `ms` have passed here.
 * - `resume`, when the task goes on after the network: it was waiting for as long as the machine's clock says.
 *
 * So an overload, a stopped process, a debugger or a slow disk lets no chip's watchdog expire and moves no conversion of a
 * sensor. A caller settles before it sends anything out, so that nothing leaves the device before its time.
 *
 * The waits aim at a time of the machine, so that lateness does not add up: an alarm that rang 3 ms late makes the next
 * wait 3 ms shorter. A task that is later than `catchUpMs` does not make up for it in a burst: it forgets that it was late
 * and goes on from there. Its own time shows neither.
 */
export class TaskClock implements Clock {
  readonly #machine: Clock;
  readonly #catchUpMs: number;
  #now = 0;
  /** The machine's time at which this clock's 0 falls. */
  #origin: number;
  #forgottenMs = 0;

  constructor(machine: Clock, { catchUpMs = 1000 }: TaskClockOptions = {}) {
    this.#machine = machine;
    this.#catchUpMs = catchUpMs;
    this.#origin = machine.now();
  }

  now(): number {
    return this.#now;
  }

  /** When the task's present falls on the machine's clock: ahead of it while something is not settled, behind it when late. */
  get machineTime(): number {
    return this.#origin + this.#now;
  }

  /** How late the task was when it did not make up for it, all times together, ms. */
  get forgottenMs(): number {
    return this.#forgottenMs;
  }

  /** How long ago the task should have reached `at` on its own clock; negative while that is to come, ms. */
  lateFor(at: number): number {
    return this.#machine.now() - (this.#origin + at);
  }

  /** The task is busy for `ms`. */
  spend(ms: number): void {
    this.#now += ms;
  }

  /** Resolves when all that was spent has passed on the machine's clock too; undefined when it has. */
  settle(): Promise<void> | undefined {
    if (this.machineTime > this.#machine.now()) return sleep(this, 0);
    this.#forgetLateness();
    return undefined;
  }

  alarm(delayMs: number, ring: () => void): () => void {
    const at = this.#now + Math.max(0, delayMs);
    return this.#machine.alarm(this.#origin + at - this.#machine.now(), () => {
      this.#now = Math.max(this.#now, at);
      this.#forgetLateness();
      ring();
    });
  }

  /** The task goes on after it waited for something outside the device. Not in the middle of what it does with a part. */
  resume(): void {
    this.#now = Math.max(this.#now, this.#machine.now() - this.#origin);
  }

  /** The task goes on here where it left off on another bus, whose clock is `other`. */
  follow(other: TaskClock): void {
    this.#now = Math.max(this.#now, other.#now);
    this.#origin = other.#origin;
  }

  #forgetLateness(): void {
    const lateMs = this.#machine.now() - this.machineTime;
    if (lateMs <= this.#catchUpMs) return;
    this.#origin += lateMs;
    this.#forgottenMs += lateMs;
  }
}

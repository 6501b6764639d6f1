import { TaskClock } from '../../emulator/clock/index.ts';
import { type I2c, type I2cController, i2cController, type Pace } from '../../emulator/i2c/index.ts';
import type { BoardClock } from './board-clock.ts';
import { onTaskTime } from './task-bus.ts';

/** A master that says nothing for longer is at something else, and that counts. */
const LONGEST_PAUSE_MS = 1000;
/** How much later than its own time a master may be and still make up for it by shorter waits. */
const CATCH_UP_MS = 50;
/** What a timer of this process can wait for. */
const TICK_MS = 1;

/**
 * The time of a master that says what its driver waits, and so keeps the time of the bus: its own time moves by what its transfers take on
 * the wire and by those waits. How late it is, or this process, does not move it.
 */
export class KeptTime {
  readonly #clock: BoardClock;
  readonly #began: number;
  readonly #task: TaskClock;
  readonly #i2c: I2cController;
  #spokeAt: number;

  /** @param spokeAt when its master spoke last, as one whose time was not its own: unless that is long ago, it begins then */
  constructor(clock: BoardClock, bus: I2c, pace: Pace, spokeAt: number) {
    this.#clock = clock;
    const now = clock.now();
    this.#began = now - spokeAt > LONGEST_PAUSE_MS ? now : spokeAt;
    this.#spokeAt = now;
    this.#task = new TaskClock(clock, { catchUpMs: CATCH_UP_MS });
    this.#i2c = i2cController(onTaskTime(bus, this.#began), this.#task, pace);
  }

  /** A transfer or a wait of the driver. */
  spend<T>(work: (i2c: I2cController) => T): T {
    if (this.#clock.now() - this.#spokeAt > LONGEST_PAUSE_MS) this.#task.resume();
    return this.#clock.during(
      () => this.#began + this.#task.now(),
      () => work(this.#i2c),
    );
  }

  /** Resolves when what was spent has passed, and the master is to be answered; undefined when it has. */
  settle(): Promise<void> | undefined {
    const ahead = this.#task.machineTime - this.#clock.now();
    const settling = ahead > 0 && ahead < TICK_MS ? undefined : this.#task.settle();
    const answered = () => {
      this.#spokeAt = this.#clock.now();
    };
    if (settling !== undefined) return settling.then(answered);
    answered();
    return undefined;
  }
}

import {
  type Fault,
  FaultyBus,
  type I2c,
  I2cBus,
  type I2cController,
  type I2cWriteResult,
  i2cController,
  Monitor,
  type Pace,
  type Transaction,
} from '../../emulator/i2c/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import type { BoardClock } from './board-clock.ts';
import { BusLock, type Master } from './bus-lock.ts';
import type { ChipMount } from './chip-mount.ts';
import { KeptTime } from './kept-time.ts';
import type { SensorMount } from './sensor-mount.ts';
import { onTaskTime } from './task-bus.ts';

export interface BoardOptions {
  readonly chips: readonly ChipMount[];
  readonly sensor: SensorMount | undefined;
  /** That of the parts too. */
  readonly clock: BoardClock;
  readonly pace: Pace;
  /** What faults are drawn from. */
  readonly rng: Rng;
}

/** What a master's request asks of the bus. */
type Transfers = Pick<I2c, 'write' | 'read'>;

/**
 * One I2C bus with its chips. What happens on it happens one after the other, however many masters there are; a transfer
 * that changed a chip's memory is over when that memory is stored. Transfers reject when it cannot be stored.
 */
export class Board {
  readonly chips: readonly ChipMount[];
  readonly sensor: SensorMount | undefined;
  readonly clock: BoardClock;
  /** Its kit, one firmware for all connections, works on one line at a time. */
  readonly kit: BusLock;
  readonly #pace: Pace;
  readonly #lock: BusLock;
  readonly #faults: FaultyBus;
  readonly #monitor: Monitor;
  /** The bus, whoever listens in at the moment. */
  readonly #monitored: I2c;
  /** Of the masters that say what they wait. */
  readonly #keptTimes = new WeakMap<Master, KeptTime>();
  readonly #listeners = new Set<(transaction: Transaction) => void>();
  #powerUps = 1;

  constructor({ chips, sensor, clock, pace, rng }: BoardOptions) {
    this.chips = chips;
    this.sensor = sensor;
    this.clock = clock;
    this.kit = new BusLock(clock);
    this.#pace = pace;
    this.#lock = new BusLock(clock);
    const parts = new I2cBus();
    for (const chip of chips) parts.attachMovable(() => chip.address, chip);
    if (sensor !== undefined) parts.attach(sensor.address, sensor);
    this.#faults = new FaultyBus(parts, clock, rng);
    const report = (transaction: Transaction) => {
      for (const listener of this.#listeners) listener(transaction);
    };
    this.#monitor = new Monitor(this.#faults, report, clock);
    this.#monitored = {
      write: (address, bytes, stop) => this.#bus.write(address, bytes, stop),
      read: (address, length, stop) => this.#bus.read(address, length, stop),
      readyAt: (address) => this.#bus.readyAt(address),
    };
  }

  /** At once where the bus is free and nothing is to be stored. */
  write(master: Master, address: number, bytes: Uint8Array, stop = true): I2cWriteResult | Promise<I2cWriteResult> {
    // A master that is not acknowledged gives up by STOP.
    const ended = ({ ack }: I2cWriteResult) => stop || ack !== 'ack';
    return this.#transfer(master, ended, (bus) => bus.write(address, bytes, stop));
  }

  read(master: Master, address: number, length: number): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    return this.#transfer(
      master,
      () => true,
      (bus) => bus.read(address, length),
    );
  }

  /**
   * The driver of `master` waits, and from its last request on, at `spokeAt`, that master's time is its own: see `KeptTime`.
   * At once in fast pace.
   */
  wait(master: Master, ms: number, spokeAt = this.clock.now()): Promise<void> | undefined {
    const known = this.#keptTimes.get(master);
    const time = known ?? new KeptTime(this.clock, this.#monitored, this.#pace, spokeAt);
    if (known === undefined) this.#keptTimes.set(master, time);
    time.spend((i2c) => i2c.delay(ms));
    return time.settle();
  }

  /** When the chip at `address` is next ready, where that is known. */
  readyAt(address: number): number | undefined {
    return this.#faults.readyAt(address);
  }

  /** `master` is gone: a bus that it held is free. */
  leave(master: Master): void {
    this.#lock.release(master);
  }

  /** Between two transfers, as `master`: what is done to the chips is stored when this resolves. */
  async meanwhile<T>(master: Master, action: () => T | Promise<T>): Promise<T> {
    await this.#lock.acquire(master);
    try {
      const result = await action();
      await this.#settle();
      return result;
    } finally {
      this.#lock.release(master);
    }
  }

  /**
   * Between two transfers, as `master`: the synchronous calls of a driver. Resolves when the time that it spent has passed,
   * and what it changed is stored.
   */
  drive<T>(master: Master, work: (i2c: I2cController) => T): Promise<T> {
    return this.meanwhile(master, () =>
      this.clock.drive((task, start) => work(i2cController(onTaskTime(this.#bus, start), task, this.#pace))),
    );
  }

  /** How often the whole board has been powered up. */
  get powerUps(): number {
    return this.#powerUps;
  }

  /** Takes the power away from everything, or from the part at one address, and gives it back. */
  powerCycle(address?: number): void {
    if (address === undefined) this.#powerUps++;
    for (const part of this.parts) {
      if (address !== undefined && part.address !== address) continue;
      this.#faults.powerCycle(part.address);
      part.powerCycle();
    }
  }

  addFault(fault: Fault): void {
    this.#faults.add(fault);
  }

  /** What is wrong now. */
  get faults(): readonly Fault[] {
    return this.#faults.inForce();
  }

  /** Ends what is wrong at one address, or everything. A part that was absent is soldered on anew: it powers up. */
  clearFaults(address?: number): void {
    for (const { kind, address: at } of this.#faults.clear(address)) {
      if (kind === 'absent') this.powerCycle(at);
    }
  }

  /** Tells of every transfer from now on; returns how to stop. */
  listen(listener: (transaction: Transaction) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get parts(): readonly (ChipMount | SensorMount)[] {
    return this.sensor === undefined ? this.chips : [...this.chips, this.sensor];
  }

  /** Without listeners this costs nothing. */
  get #bus(): FaultyBus | Monitor {
    return this.#listeners.size === 0 ? this.#faults : this.#monitor;
  }

  #transfer<T>(master: Master, ended: (result: T) => boolean, transfer: (bus: Transfers) => T): T | Promise<T> {
    if (this.#lock.tryAcquire(master)) return this.#complete(master, ended, transfer);
    return this.#lock.acquire(master).then(() => this.#complete(master, ended, transfer));
  }

  #complete<T>(master: Master, ended: (result: T) => boolean, transfer: (bus: Transfers) => T): T | Promise<T> {
    const time = this.#keptTimes.get(master);
    const result = time === undefined ? transfer(this.#bus) : time.spend(transfer);
    const lasting = together(this.#settle(), time?.settle());
    const end = () => (ended(result) ? this.#lock.release(master) : this.#lock.hold(master));
    if (lasting === undefined) {
      end();
      return result;
    }
    return lasting.finally(end).then(() => result);
  }

  /** The parts' time stands still until all that they have written lasts. */
  #settle(): Promise<void> | undefined {
    let lasting: Promise<unknown> | undefined;
    for (const chip of this.chips) {
      const settling = chip.settle();
      lasting = together(lasting, settling);
    }
    return lasting && this.clock.hold(lasting);
  }
}

/** Resolves when both have. */
function together(
  one: Promise<unknown> | undefined,
  other: Promise<unknown> | undefined,
): Promise<unknown> | undefined {
  return one !== undefined && other !== undefined ? Promise.all([one, other]) : (one ?? other);
}

import type { TaskClock } from '../clock/index.ts';
import type { I2c } from './bus.ts';
import type { I2cWriteResult } from './target.ts';

/** `hardware` takes the time that bus and drivers take; `fast` takes none. */
export type Pace = 'fast' | 'hardware';

/**
 * The driver's side of a bus: the same synchronous calls in both paces, so that there is one driver path. Transfers and
 * delays spend time on `clock` at once. Nothing that they brought may leave the device before `settle`.
 */
export interface I2cController {
  readonly pace: Pace;
  /** Of the task that drives the bus, and of the parts on it. */
  readonly clock: TaskClock;
  /** The time of one bit on the bus; 0 in fast pace. */
  readonly bitMs: number;
  write(address: number, bytes: Uint8Array, stop?: boolean): I2cWriteResult;
  /** A read behind a read of the same address that left out STOP is its continuation: no START, no address. */
  read(address: number, length: number, stop?: boolean): Uint8Array | undefined;
  /** A delay of the driver (wake, polling); nothing in fast pace. */
  delay(ms: number): void;
  /**
   * Resolves when the time that transfers and delays took has passed and the memory that they changed is committed;
   * undefined when there is nothing to wait for. Rejects when memory cannot be committed.
   */
  settle(): Promise<void> | undefined;
  /** When the target at `address` is next ready, on `clock`, where that is known. */
  readyAt(address: number): number | undefined;
}

/** START, and the address with its acknowledge bit. */
const ADDRESS_BITS = 1 + 9;
const BYTE_BITS = 9;
const STOP_BITS = 1;

/** The controller of `bus`, whose targets are on `clock` too: a write reaches its target when it is over, a read when its address is. */
export function i2cController(bus: I2c, clock: TaskClock, pace: Pace, clockHz = 100_000): I2cController {
  return pace === 'hardware' ? hardwareController(bus, clock, clockHz) : fastController(bus, clock);
}

/** One operation of the firmware: does `work` with the parts, and resolves or rejects as that ended once it is settled. */
export async function settled<T>(i2c: Pick<I2cController, 'settle'>, work: () => T): Promise<T> {
  try {
    return work();
  } finally {
    await i2c.settle();
  }
}

function fastController(bus: I2c, clock: TaskClock): I2cController {
  return {
    pace: 'fast',
    clock,
    bitMs: 0,
    write: (address, bytes, stop) => bus.write(address, bytes, stop),
    read: (address, length, stop) => bus.read(address, length, stop),
    delay: () => {},
    settle: () => undefined,
    readyAt: (address) => bus.readyAt(address),
  };
}

function hardwareController(bus: I2c, clock: TaskClock, clockHz: number): I2cController {
  const bitMs = 1000 / clockHz;
  let unfinishedRead: number | undefined;
  return {
    pace: 'hardware',
    clock,
    bitMs,
    write(address, bytes, stop = true) {
      unfinishedRead = undefined;
      const end = stop ? STOP_BITS : 0;
      clock.spend((ADDRESS_BITS + BYTE_BITS * bytes.length + end) * bitMs);
      const result = bus.write(address, bytes, stop);
      // What is not acknowledged is the last on the bus, and STOP follows.
      if (result.ack === 'address-nack') clock.spend(-(BYTE_BITS * bytes.length + end - STOP_BITS) * bitMs);
      if (result.ack === 'data-nack') {
        clock.spend(-(BYTE_BITS * (bytes.length - result.taken - 1) + end - STOP_BITS) * bitMs);
      }
      return result;
    },
    read(address, length, stop = true) {
      if (unfinishedRead !== address) clock.spend(ADDRESS_BITS * bitMs);
      const bytes = bus.read(address, length, stop);
      unfinishedRead = bytes === undefined || stop ? undefined : address;
      if (bytes === undefined) clock.spend(STOP_BITS * bitMs);
      else clock.spend((BYTE_BITS * length + (stop ? STOP_BITS : 0)) * bitMs);
      return bytes;
    },
    delay: (ms) => clock.spend(ms),
    settle: () => clock.settle(),
    readyAt: (address) => bus.readyAt(address),
  };
}

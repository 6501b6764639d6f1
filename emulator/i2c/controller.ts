import { type Clock, TaskClock } from '../clock/index.ts';
import type { I2c } from './bus.ts';
import type { I2cWriteResult } from './target.ts';

/** `hardware` takes the time that bus and drivers take; `fast` takes none. */
export type Pace = 'fast' | 'hardware';

/**
 * The driver's side of a bus: the same calls in both paces, so that there is one driver path. Transfers and delays spend
 * time on `clock`; a driver settles before it hands out what they brought.
 */
export interface I2cController {
  readonly pace: Pace;
  readonly clock: Clock;
  /** The time of one bit on the bus; 0 in fast pace. */
  readonly bitMs: number;
  write(address: number, bytes: Uint8Array, stop?: boolean): Promise<I2cWriteResult>;
  /** A read behind a read of the same address that left out STOP is its continuation: no START, no address. */
  read(address: number, length: number, stop?: boolean): Promise<Uint8Array | undefined>;
  /** A delay of the driver (wake, polling); nothing in fast pace. */
  delay(ms: number): Promise<void>;
  /** Resolves when what the transfers and delays took has passed. */
  settle(): Promise<void>;
  /** When the target at `address` is next ready, where it can tell. */
  readyAt(address: number): number | undefined;
}

/** START, and the address with its acknowledge bit. */
const ADDRESS_BITS = 1 + 9;
const BYTE_BITS = 9;
const STOP_BITS = 1;

/**
 * The controller of `bus`. In hardware pace the targets must be on `clock` too: a write reaches its target when it is
 * over, a read when its address is over.
 */
export function i2cController(bus: I2c, clock: Clock, pace: 'fast'): I2cController;
export function i2cController(bus: I2c, clock: TaskClock, pace: Pace, clockHz?: number): I2cController;
export function i2cController(bus: I2c, clock: Clock | TaskClock, pace: Pace, clockHz = 100_000): I2cController {
  return pace === 'hardware' && clock instanceof TaskClock
    ? hardwareController(bus, clock, clockHz)
    : fastController(bus, clock);
}

function fastController(bus: I2c, clock: Clock): I2cController {
  const nothing = Promise.resolve();
  return {
    pace: 'fast',
    clock,
    bitMs: 0,
    write: (address, bytes, stop = true) => Promise.resolve(bus.write(address, bytes, stop)),
    read: (address, length, stop = true) => Promise.resolve(bus.read(address, length, stop)),
    delay: () => nothing,
    settle: () => nothing,
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
    async write(address, bytes, stop = true) {
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
    async read(address, length, stop = true) {
      if (unfinishedRead !== address) clock.spend(ADDRESS_BITS * bitMs);
      const bytes = bus.read(address, length, stop);
      unfinishedRead = bytes === undefined || stop ? undefined : address;
      if (bytes === undefined) clock.spend(STOP_BITS * bitMs);
      else clock.spend((BYTE_BITS * length + (stop ? STOP_BITS : 0)) * bitMs);
      return bytes;
    },
    async delay(ms) {
      clock.spend(ms);
    },
    settle: () => clock.settle(),
    readyAt: (address) => bus.readyAt(address),
  };
}

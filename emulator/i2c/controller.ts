import { type Clock, sleep } from '../clock/index.ts';
import type { I2c } from './bus.ts';
import type { I2cWriteResult } from './target.ts';

/** `hardware` waits for what the bus and the drivers wait for; `fast` skips those waits. */
export type Pace = 'fast' | 'hardware';

/** The driver's side of a bus: the same calls in both paces, so that there is one driver path. */
export interface I2cController {
  readonly pace: Pace;
  readonly clock: Clock;
  write(address: number, bytes: Uint8Array, stop?: boolean): Promise<I2cWriteResult>;
  read(address: number, length: number, stop?: boolean): Promise<Uint8Array | undefined>;
  /** A delay of the driver (wake, polling); nothing in fast pace. */
  delay(ms: number): Promise<void>;
  /** When the target at `address` is next ready, where it can tell. */
  readyAt(address: number): number | undefined;
}

/** The controller of `bus`; in hardware pace each transfer takes START, 9 bits a byte (address included) and STOP at `clockHz`. */
export function i2cController(bus: I2c, clock: Clock, pace: Pace, clockHz = 100_000): I2cController {
  const delay = pace === 'fast' ? () => Promise.resolve() : (ms: number) => sleep(clock, ms);
  const transfer = (bytes: number) => delay(((2 + 9 * (1 + bytes)) * 1000) / clockHz);
  return {
    pace,
    clock,
    delay,
    async write(address, bytes, stop = true) {
      await transfer(bytes.length);
      return bus.write(address, bytes, stop);
    },
    async read(address, length, stop = true) {
      await transfer(length);
      return bus.read(address, length, stop);
    },
    readyAt: (address) => bus.readyAt(address),
  };
}

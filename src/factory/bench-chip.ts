import { ATECC608_ADDRESS, Atecc608 } from '../../emulator/atecc608/index.ts';
import { ManualClock, TaskClock } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import { AteccDriver } from '../../emulator/host-library/index.ts';
import { I2cBus, i2cController } from '../../emulator/i2c/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';

/** On the bench no time passes. */
const STANDSTILL = new ManualClock();

/** A host's driver on a bus of its own with one chip, which works on `memory` and draws from `rng`. */
export function benchDriver(memory: Uint8Array, rng: Rng): AteccDriver {
  const clock = new TaskClock(STANDSTILL);
  const chip = new Atecc608({ memory, crypto: nodeCrypto, rng, clock, executionTimes: 'none' });
  return new AteccDriver(i2cController(new I2cBus().attach(ATECC608_ADDRESS, chip), clock, 'fast'));
}

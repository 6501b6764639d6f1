import { ATECC608_ADDRESS } from '../../atecc608/index.ts';
import { ManualClock, TaskClock } from '../../clock/index.ts';
import { I2cBus, type I2cTarget, i2cController } from '../../i2c/index.ts';
import { AteccDriver } from '../driver/index.ts';
import { AteccHost, type HostOptions } from './host.ts';

/** A host on a bus of its own with one chip, for tests. Nothing waits, so the chip must have `executionTimes: 'none'`. */
export function openChip(chip: I2cTarget, options: HostOptions): AteccHost {
  const bus = new I2cBus().attach(ATECC608_ADDRESS, chip);
  return AteccHost.open(new AteccDriver(i2cController(bus, new TaskClock(new ManualClock()), 'fast')), options);
}

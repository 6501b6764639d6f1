import { Bme280, generateCalibration } from '../../emulator/bme280/index.ts';
import type { Time } from '../../emulator/clock/index.ts';
import type { Ambient } from '../../emulator/environment/index.ts';
import type { I2cTarget, I2cWriteResult } from '../../emulator/i2c/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';

/** An ordinary room at sea level. */
const ROOM: Ambient = { temperature: 22, pressure: 101_325, humidity: 45 };

export interface SensorMountOptions {
  /** 7 bits. */
  readonly address: number;
  /** Makes the part what it is: its calibration. */
  readonly rng: Rng;
  readonly clock: Time;
}

/** The board's BME280, in air that can be set. It has no noise: it measures what was set, to its resolution. */
export class SensorMount implements I2cTarget {
  readonly address: number;
  ambient: Ambient = ROOM;
  readonly #sensor: Bme280;

  constructor({ address, rng, clock }: SensorMountOptions) {
    this.address = address;
    this.#sensor = new Bme280({
      calibration: generateCalibration(rng.fork('calibration')),
      ambient: () => this.ambient,
      clock,
    });
  }

  powerCycle(): void {
    this.#sensor.powerCycle();
  }

  write(bytes: Uint8Array, stop: boolean): I2cWriteResult {
    return this.#sensor.write(bytes, stop);
  }

  read(length: number, stop: boolean): Uint8Array | undefined {
    return this.#sensor.read(length, stop);
  }
}

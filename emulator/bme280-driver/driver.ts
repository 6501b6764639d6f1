import {
  BME280_ADDRESS,
  CALIB00,
  CALIB26,
  CHIP_ID,
  CHIP_ID_BME280,
  CONFIG,
  CTRL_HUM,
  CTRL_MEAS,
  compensateHumidity,
  compensatePressure,
  compensateTemperature,
  decodeCalibration,
  fineTemperature,
  MODE_NORMAL,
  MODE_SLEEP,
  mode,
  PRESS_MSB,
  RESET,
  RESET_COMMAND,
} from '../bme280/index.ts';
import type { I2cController } from '../i2c/index.ts';

/** What the firmware formats and publishes. */
export interface Sample {
  /** False when the bus read failed: the values are then the previous ones again. */
  readonly acknowledged: boolean;
  /** °C */
  readonly temperature: number;
  /** Pa */
  readonly pressure: number;
  /** %RH */
  readonly humidity: number;
}

// Field codes of the firmware's set-up, in place in their registers.
const PRESSURE_X16 = 5 << 2;
const TEMPERATURE_X2 = 2 << 5;
const HUMIDITY_X1 = 1;
const STANDBY_0_5_MS = 0 << 5;
const FILTER_16 = 4 << 2;

const CHIP_ID_READS = 5;

/**
 * The sensor side of the firmware: Bosch's driver 2.0.5 as the firmware calls it, transfer by transfer. It carries on
 * when the bus fails, as the firmware does: nothing here throws.
 */
export class Bme280Driver {
  readonly #i2c: I2cController;
  readonly #address: number;
  #calibration = decodeCalibration({ calib00: new Uint8Array(26), calib26: new Uint8Array(7) });
  /** The driver's copies of the registers. */
  #ctrlMeas = 0;
  #ctrlHum = 0;
  #config = 0;
  /** In C on the stack and not initialised; zero here. */
  #data: Uint8Array = new Uint8Array(8);

  constructor(i2c: I2cController, address: number = BME280_ADDRESS) {
    this.#i2c = i2c;
    this.#address = address;
  }

  /** Identifies the sensor, reads its trimming values and starts normal mode. Returns whether the id was right. */
  initialise(): boolean {
    const identified = this.#identify();
    if (identified) this.#readCalibration();

    this.#ctrlMeas |= PRESSURE_X16;
    this.#apply(CTRL_MEAS);
    this.#ctrlMeas |= TEMPERATURE_X2;
    this.#apply(CTRL_MEAS);
    this.#ctrlHum = HUMIDITY_X1;
    this.#apply(CTRL_HUM, CTRL_MEAS);
    this.#config |= STANDBY_0_5_MS;
    this.#apply(CONFIG);
    this.#config |= FILTER_16;
    this.#apply(CONFIG);
    this.#ctrlMeas |= MODE_NORMAL;
    this.#apply(CTRL_MEAS);
    return identified;
  }

  /**
   * One burst of the data registers, compensated.
   * Quirk: nothing waits for a conversion, so that a sample read too early is garbage that looks plausible.
   */
  sample(): Sample {
    const burst = this.#read(PRESS_MSB, 8);
    if (burst !== undefined) this.#data = burst;
    const [p0 = 0, p1 = 0, p2 = 0, t0 = 0, t1 = 0, t2 = 0, h0 = 0, h1 = 0] = this.#data;
    const rawTemperature = (t0 << 12) | (t1 << 4) | (t2 >> 4);
    const tFine = Math.trunc(fineTemperature(this.#calibration, rawTemperature));
    return {
      acknowledged: burst !== undefined,
      temperature: compensateTemperature(this.#calibration, rawTemperature),
      pressure: compensatePressure(this.#calibration, (p0 << 12) | (p1 << 4) | (p2 >> 4), tFine),
      humidity: compensateHumidity(this.#calibration, (h0 << 8) | h1, tFine),
    };
  }

  #identify(): boolean {
    for (let attempt = 0; attempt < CHIP_ID_READS; attempt++) {
      if (this.#readByte(CHIP_ID) === CHIP_ID_BME280) return true;
    }
    return false;
  }

  #readCalibration(): void {
    const calib00 = this.#read(CALIB00, 26);
    const calib26 = this.#read(CALIB26, 7);
    if (calib00 !== undefined && calib26 !== undefined) this.#calibration = decodeCalibration({ calib00, calib26 });
  }

  /** What each of Bosch's setters does: look at the mode, write, read everything back. */
  #apply(...registers: readonly number[]): void {
    const asleep = mode(this.#readByte(CTRL_MEAS) ?? 0) === MODE_SLEEP;
    if (asleep) {
      for (const register of registers) this.#write(register);
    } else {
      // Quirk: the 3 ms that follow the reset are vTaskDelay(3 / 10), which is 0 ticks: no wait at all.
      this.#i2c.write(this.#address, Uint8Array.of(RESET, RESET_COMMAND));
      for (const register of [CONFIG, CTRL_HUM, CTRL_MEAS]) this.#write(register);
    }
    this.#ctrlMeas = this.#readByte(CTRL_MEAS) ?? this.#ctrlMeas;
    this.#ctrlHum = this.#readByte(CTRL_HUM) ?? this.#ctrlHum;
    this.#config = this.#readByte(CONFIG) ?? this.#config;
  }

  #write(register: number): void {
    const value = register === CTRL_MEAS ? this.#ctrlMeas : register === CTRL_HUM ? this.#ctrlHum : this.#config;
    this.#i2c.write(this.#address, Uint8Array.of(register, value));
  }

  #readByte(register: number): number | undefined {
    return this.#read(register, 1)?.[0];
  }

  /** Register address, repeated START, read, NACK on the last byte, STOP. */
  #read(register: number, length: number): Uint8Array | undefined {
    const { ack } = this.#i2c.write(this.#address, Uint8Array.of(register), false);
    return ack === 'ack' ? this.#i2c.read(this.#address, length) : undefined;
  }
}

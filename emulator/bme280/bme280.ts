import type { Time } from '../clock/index.ts';
import { ACK, ADDRESS_NACK, type I2cTarget, type I2cWriteResult } from '../i2c/index.ts';
import { type CalibrationRegisters, encodeCalibration } from './calibration.ts';
import * as register from './registers.ts';
import { Sampler, type SamplerOptions } from './sampler.ts';

/** Interface usable at the latest this long after power-up or reset (data sheet 1.1, t_startup). */
const START_UP_MS = 2;

export interface Bme280Options extends SamplerOptions {
  /**
   * What happens to a transfer during start-up, which the data sheet does not specify. The default takes it, because devices in the
   * field depend on it: firmware whose 3 ms wait rounds to 0 ticks writes into this window after a soft reset.
   */
  readonly startUp?: 'accept' | 'nack';
}

/**
 * A BME280 on I2C, powered up from the start. Nothing runs: what happened since the last look is computed from the
 * clock at the next one.
 */
export class Bme280 implements I2cTarget {
  readonly #nvm: CalibrationRegisters;
  readonly #clock: Time;
  readonly #sampler: Sampler;
  readonly #nacksInStartUp: boolean;
  #startedUpAt = 0;
  #pointer = 0;
  #ctrlHum = 0;
  /** A read left the bus held: what follows belongs to the same burst. */
  #inBurst = false;

  constructor(options: Bme280Options) {
    this.#nvm = encodeCalibration(options.calibration);
    this.#clock = options.clock;
    this.#nacksInStartUp = options.startUp === 'nack';
    this.#sampler = new Sampler(options);
    this.powerCycle();
  }

  /** Takes the supply away and brings it back. */
  powerCycle(): void {
    this.#pointer = 0;
    this.#inBurst = false;
    this.#reset();
  }

  /** Pairs of register and value; a register without value only moves the pointer, which survives STOP (6.2.1, 6.2.2). */
  write(bytes: Uint8Array, _stop: boolean): I2cWriteResult {
    if (this.#isDeaf()) return ADDRESS_NACK;
    this.#inBurst = false;
    this.#sampler.catchUp();
    for (let i = 0; i < bytes.length; i += 2) {
      this.#pointer = bytes[i] ?? 0;
      const value = bytes[i + 1];
      if (value !== undefined) this.#writeRegister(this.#pointer, value);
    }
    return ACK;
  }

  /** From the pointer on. A burst shows one sample even if the next one finishes meanwhile (data sheet 4.1). */
  read(length: number, stop: boolean): Uint8Array | undefined {
    if (this.#isDeaf()) return undefined;
    if (!this.#inBurst) this.#sampler.catchUp();
    this.#inBurst = !stop;
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      bytes[i] = this.#readRegister(this.#pointer);
      this.#pointer = (this.#pointer + 1) & 0xff;
    }
    return bytes;
  }

  #isDeaf(): boolean {
    return this.#nacksInStartUp && this.#isStartingUp();
  }

  #isStartingUp(): boolean {
    return this.#clock.now() < this.#startedUpAt;
  }

  #reset(): void {
    this.#startedUpAt = this.#clock.now() + START_UP_MS;
    this.#ctrlHum = 0;
    this.#sampler.reset();
  }

  #writeRegister(address: number, value: number): void {
    switch (address) {
      case register.RESET:
        if (value === register.RESET_COMMAND) this.#reset();
        break;
      case register.CTRL_HUM:
        // Quirk: osrs_h is readable at once but takes effect only with the next write to ctrl_meas (5.4.3).
        if (!this.#sampler.modeChangePending) this.#ctrlHum = value & 0x07;
        break;
      case register.CTRL_MEAS:
        this.#sampler.control(value, this.#ctrlHum);
        break;
      case register.CONFIG:
        this.#sampler.configure(value & 0xfd); // bit 1 does not exist
        break;
    }
  }

  /** Registers that the map does not name read as 0; the real part promises nothing about them. */
  #readRegister(address: number): number {
    if (address >= register.PRESS_MSB) return this.#sampler.dataRegister(address - register.PRESS_MSB);
    if (address >= register.CALIB00 && address < register.CALIB00 + 26) {
      return this.#nvm.calib00[address - register.CALIB00] ?? 0;
    }
    if (address >= register.CALIB26 && address < register.CALIB26 + 7) {
      return this.#nvm.calib26[address - register.CALIB26] ?? 0;
    }
    switch (address) {
      case register.CHIP_ID:
        return register.CHIP_ID_BME280;
      case register.CTRL_HUM:
        return this.#ctrlHum;
      case register.STATUS:
        return (
          (this.#sampler.measuring ? register.STATUS_MEASURING : 0) |
          (this.#isStartingUp() || this.#sampler.copyingNvm ? register.STATUS_IM_UPDATE : 0)
        );
      case register.CTRL_MEAS:
        return this.#sampler.ctrlMeas;
      case register.CONFIG:
        return this.#sampler.config;
      default:
        return 0;
    }
  }
}

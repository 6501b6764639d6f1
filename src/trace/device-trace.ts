import { ATECC608_ADDRESS, atecc608Decoder } from '../../emulator/atecc608/index.ts';
import { bme280Decoder } from '../../emulator/bme280/index.ts';
import type { Clock } from '../../emulator/clock/index.ts';
import type { DeviceTap } from '../../emulator/device/index.ts';
import type { EmuError } from '../../emulator/errors.ts';
import type { I2c } from '../../emulator/i2c/index.ts';
import { GrowingFile } from './growing-file.ts';
import { transcribed } from './i2c-lines.ts';
import { MqttLines } from './mqtt-lines.ts';

export interface DeviceTraceOptions {
  /** The file of its two buses. */
  readonly i2cPath: string;
  /** The file of its packets. */
  readonly mqttPath: string;
  /** 7 bits; undefined where there is no sensor. */
  readonly sensorAddress: number | undefined;
  readonly onFailure: (error: EmuError) => void;
}

/** Sent packets begin a connection with this. */
const CONNECT_BYTE = 0x10;

/** Writes what one device says on its buses and to its broker, decoded, with the milliseconds since its power-up. */
export class DeviceTrace implements DeviceTap {
  readonly #options: DeviceTraceOptions;
  readonly #i2c: GrowingFile;
  readonly #mqtt: GrowingFile;
  readonly #sent: MqttLines;
  readonly #received: MqttLines;
  #began = 0;
  readonly #clock = { now: () => performance.now() - this.#began };

  /** Begins both files. Throws what the system says. */
  constructor(options: DeviceTraceOptions) {
    this.#options = options;
    this.#i2c = new GrowingFile(options.i2cPath, options);
    this.#mqtt = new GrowingFile(options.mqttPath, options);
    this.#sent = this.#lines('>');
    this.#received = this.#lines('<');
    this.#i2c.write('# ms since power-up; i2c1: secure element, i2c0: sensor; W written, R read, + no STOP\n');
    this.#mqtt.write('# ms since power-up; > sent by the device, < received\n');
  }

  /** The device is powered up now. */
  begin(): void {
    this.#began = performance.now();
  }

  /** @param clock the time of the transfers, that of the fleet's clock */
  secureElement(bus: I2c, clock: Pick<Clock, 'now'>): I2c {
    return this.#transcribed(bus, 'i2c1', clock, new Map([[ATECC608_ADDRESS, atecc608Decoder]]));
  }

  sensor(bus: I2c, clock: Pick<Clock, 'now'>): I2c {
    const { sensorAddress } = this.#options;
    const decoders = new Map(sensorAddress === undefined ? [] : [[sensorAddress, bme280Decoder]]);
    return this.#transcribed(bus, 'i2c0', clock, decoders);
  }

  packet(direction: 'sent' | 'received', bytes: Uint8Array): void {
    if (direction === 'received') {
      this.#received.record(bytes);
      return;
    }
    if (bytes[0] === CONNECT_BYTE) {
      this.#sent.restart();
      this.#received.restart();
    }
    this.#sent.record(bytes);
  }

  close(): void {
    this.#i2c.close();
    this.#mqtt.close();
  }

  #transcribed(bus: I2c, port: string, clock: Pick<Clock, 'now'>, decoders: Parameters<typeof transcribed>[2]): I2c {
    const sincePowerUp = { now: () => clock.now() - this.#began };
    return transcribed(bus, port, decoders, sincePowerUp, (line) => this.#i2c.write(`${line}\n`));
  }

  #lines(direction: '>' | '<'): MqttLines {
    return new MqttLines((line) => this.#mqtt.write(`${this.#clock.now().toFixed(3)} ${direction} ${line}\n`));
  }
}

import { ATECC608_ADDRESS, atecc608Decoder } from '../../emulator/atecc608/index.ts';
import { bme280Decoder } from '../../emulator/bme280/index.ts';
import type { Clock } from '../../emulator/clock/index.ts';
import type { I2c } from '../../emulator/i2c/index.ts';
import { transcribed } from './i2c-lines.ts';
import { MqttLines } from './mqtt-lines.ts';

/** Which of the two: a device's buses, or its packets. */
export type TraceFile = 'i2c' | 'mqtt';

/** Sent packets begin a connection with this. */
const CONNECT_BYTE = 0x10;

/** What one device says on its buses and to its broker, decoded, with the milliseconds since its power-up. */
export class DeviceTrace {
  readonly #sensorAddress: number | undefined;
  readonly #write: (file: TraceFile, line: string) => void;
  readonly #sent: MqttLines;
  readonly #received: MqttLines;
  readonly #began = performance.now();

  /** The device is powered up now. @param sensorAddress 7 bits; undefined where there is no sensor */
  constructor(sensorAddress: number | undefined, write: (file: TraceFile, line: string) => void) {
    this.#sensorAddress = sensorAddress;
    this.#write = write;
    this.#sent = this.#lines('>');
    this.#received = this.#lines('<');
  }

  /** @param clock the time of the transfers, that of the fleet's clock */
  secureElement(bus: I2c, clock: Pick<Clock, 'now'>): I2c {
    return this.#transcribed(bus, 'i2c1', clock, new Map([[ATECC608_ADDRESS, atecc608Decoder]]));
  }

  sensor(bus: I2c, clock: Pick<Clock, 'now'>): I2c {
    const decoders = new Map(this.#sensorAddress === undefined ? [] : [[this.#sensorAddress, bme280Decoder]]);
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

  #transcribed(bus: I2c, port: string, clock: Pick<Clock, 'now'>, decoders: Parameters<typeof transcribed>[2]): I2c {
    const sincePowerUp = { now: () => clock.now() - this.#began };
    return transcribed(bus, port, decoders, sincePowerUp, (line) => this.#write('i2c', line));
  }

  #lines(direction: '>' | '<'): MqttLines {
    const at = () => (performance.now() - this.#began).toFixed(3);
    return new MqttLines((line) => this.#write('mqtt', `${at()} ${direction} ${line}`));
  }
}

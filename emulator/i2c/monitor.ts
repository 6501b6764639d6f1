import type { Time } from '../clock/index.ts';
import type { I2c } from './bus.ts';
import { ACK, ADDRESS_NACK, type I2cWriteResult } from './target.ts';

/** One transfer, from its START to its STOP or to the next START. */
export interface Transaction {
  readonly kind: 'write' | 'read';
  /** 7 bits. */
  readonly address: number;
  /** What the controller sent, taken or not; or what it got. */
  readonly bytes: Uint8Array;
  readonly result: I2cWriteResult;
  /** False when the bus stayed held. */
  readonly stop: boolean;
  /** Milliseconds on the monitor's clock, if it has one. */
  readonly time: number | undefined;
}

/** Passes everything on to `bus` and reports each transfer as it happens; its bytes are copies. */
export class Monitor implements I2c {
  readonly #bus: I2c;
  readonly #observe: (transaction: Transaction) => void;
  readonly #clock: Time | undefined;

  constructor(bus: I2c, observe: (transaction: Transaction) => void, clock?: Time) {
    this.#bus = bus;
    this.#observe = observe;
    this.#clock = clock;
  }

  write(address: number, bytes: Uint8Array, stop = true): I2cWriteResult {
    const time = this.#clock?.now();
    const result = this.#bus.write(address, bytes, stop);
    this.#observe({ kind: 'write', address, bytes: Uint8Array.from(bytes), result, stop, time });
    return result;
  }

  read(address: number, length: number, stop = true): Uint8Array | undefined {
    const time = this.#clock?.now();
    const reply = this.#bus.read(address, length, stop);
    this.#observe({
      kind: 'read',
      address,
      bytes: Uint8Array.from(reply ?? []),
      result: reply === undefined ? ADDRESS_NACK : ACK,
      stop,
      time,
    });
    return reply;
  }

  readyAt(address: number): number | undefined {
    return this.#bus.readyAt(address);
  }
}

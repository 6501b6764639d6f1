import { ACK, ADDRESS_NACK, type I2cTarget, type I2cWriteResult } from '../../../emulator/i2c/index.ts';

/** The frame of a status or of data, with a CRC computed bit by bit as the data sheet of the packet format says. */
export function reply(...payload: number[]): Uint8Array {
  const bytes = [payload.length + 3, ...payload];
  let crc = 0;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const feedback = ((byte >> bit) & 1) ^ (crc >> 15);
      crc = (crc << 1) & 0xffff;
      if (feedback) crc ^= 0x8005;
    }
  }
  return Uint8Array.of(...bytes, crc & 0xff, crc >> 8);
}

/** Answers each command frame with the next of `replies`; a chip for tests of what its host does. */
export class ScriptedChip implements I2cTarget {
  readonly frames: Uint8Array[] = [];
  /** Every transfer that the chip saw: W bytes, R length, `wake`. */
  readonly traffic: string[] = [];
  greeting: Uint8Array = Uint8Array.of(0x04, 0x11, 0x33, 0x43);
  /** How many reads after a command are not acknowledged. */
  busyReads = 0;
  readonly #replies: Uint8Array[];
  #output: Uint8Array = new Uint8Array(0);
  #awake = false;
  #nacks = 0;

  constructor(...replies: Uint8Array[]) {
    this.#replies = replies;
  }

  write(bytes: Uint8Array): I2cWriteResult {
    this.traffic.push(`W ${Buffer.from(bytes).toString('hex')}`);
    if (!this.#awake) return ADDRESS_NACK;
    if (bytes[0] === 0x02) this.#awake = false;
    if (bytes[0] === 0x03) {
      this.frames.push(bytes.slice());
      this.#output = this.#replies.shift() ?? new Uint8Array(0);
      this.#nacks = this.busyReads;
    }
    return ACK;
  }

  read(length: number, stop: boolean): Uint8Array | undefined {
    const asleep = !this.#awake || this.#nacks-- > 0;
    this.traffic.push(`R ${length}${stop ? '' : ' +'}${asleep ? ' NACK' : ''}`);
    if (asleep) return undefined;
    const bytes = new Uint8Array(length).fill(0xff);
    bytes.set(this.#output.subarray(0, length));
    this.#output = this.#output.slice(length);
    return bytes;
  }

  generalCall(bytes: Uint8Array): void {
    this.traffic.push(`wake ${Buffer.from(bytes).toString('hex')}`);
    this.#awake = true;
    this.#nacks = 0;
    this.#output = this.greeting;
  }
}

import type { I2cWriteResult } from '../../emulator/i2c/index.ts';

/** One request of the wire protocol: `op addr7 len16 [data]`, integers little endian. A wait is of the driver, and has address 0. */
export type I2cRequest =
  | { readonly kind: 'write'; readonly address: number; readonly bytes: Uint8Array; readonly stop: boolean }
  | { readonly kind: 'read'; readonly address: number; readonly length: number }
  | { readonly kind: 'wait'; readonly ms: number };

const HEAD = 4;
const OP_WRITE = 0x57; // 'W': START, address and write, data, STOP
const OP_WRITE_HELD = 0x53; // 'S': the same without STOP
const OP_READ = 0x52; // 'R': START, address and read, data, STOP

const OP_WAIT = 0x44; // 'D': the driver waits so many microseconds
const OPS: ReadonlySet<number> = new Set([OP_WRITE, OP_WRITE_HELD, OP_READ, OP_WAIT]);

const WAIT_BYTES = 4;
/** Four times as long as a driver waits for the slowest command. */
const LONGEST_WAIT_US = 10_000_000;

const STATUS_ACK = 0;
const STATUS_ADDRESS_NACK = 1;
const STATUS_DATA_NACK = 2;

/** What comes in is not the protocol: where the next request begins is unknown. */
export class I2cProtocolError extends Error {}

/** Cuts a stream of bytes into requests, however they arrive. Holds less than one request of 65,539 bytes. */
export class I2cRequestReader {
  #pending: Uint8Array = new Uint8Array(0);

  push(bytes: Uint8Array): void {
    if (this.#pending.length === 0) this.#pending = bytes;
    else {
      const joined = new Uint8Array(this.#pending.length + bytes.length);
      joined.set(this.#pending);
      joined.set(bytes, this.#pending.length);
      this.#pending = joined;
    }
  }

  /** The next whole request; undefined until more bytes come. @throws I2cProtocolError */
  next(): I2cRequest | undefined {
    const [op, address, low, high] = this.#pending;
    if (op === undefined) return undefined;
    if (!OPS.has(op)) throw new I2cProtocolError(`a request begins with W, S, R or D, not with byte ${op}`);
    if (address === undefined) return undefined;
    if (address > 0x7f) throw new I2cProtocolError(`an address has 7 bits, and ${address} has more`);
    if (low === undefined || high === undefined) return undefined;
    const length = low | (high << 8);
    if (op === OP_READ) {
      this.#pending = this.#pending.subarray(HEAD);
      return { kind: 'read', address, length };
    }
    if (op === OP_WAIT && (address !== 0 || length !== WAIT_BYTES)) {
      throw new I2cProtocolError(`a wait has address 0 and ${WAIT_BYTES} bytes, not ${address} and ${length}`);
    }
    if (this.#pending.length < HEAD + length) return undefined;
    const bytes = this.#pending.subarray(HEAD, HEAD + length);
    this.#pending = this.#pending.subarray(HEAD + length);
    if (op === OP_WAIT) return { kind: 'wait', ms: waitOf(bytes) / 1000 };
    return { kind: 'write', address, bytes, stop: op === OP_WRITE };
  }
}

function waitOf(bytes: Uint8Array): number {
  const us = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (us <= LONGEST_WAIT_US) return us;
  throw new I2cProtocolError(`a driver waits at most ${LONGEST_WAIT_US} us, not ${us}`);
}

/** The end of a wait: `status len16`. */
export function waitReply(): Uint8Array {
  return Uint8Array.of(STATUS_ACK, 0, 0);
}

/** `status len16 data`: nothing but the status, or the count of bytes taken before one was not acknowledged. */
export function writeReply(result: I2cWriteResult): Uint8Array {
  switch (result.ack) {
    case 'ack':
      return Uint8Array.of(STATUS_ACK, 0, 0);
    case 'address-nack':
      return Uint8Array.of(STATUS_ADDRESS_NACK, 0, 0);
    case 'data-nack':
      return Uint8Array.of(STATUS_DATA_NACK, 2, 0, result.taken & 0xff, result.taken >> 8);
  }
}

/** `status len16 data`: the bytes read, or nothing on an address NACK. */
export function readReply(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) return Uint8Array.of(STATUS_ADDRESS_NACK, 0, 0);
  const reply = new Uint8Array(3 + bytes.length);
  reply[0] = STATUS_ACK;
  reply[1] = bytes.length & 0xff;
  reply[2] = bytes.length >> 8;
  reply.set(bytes, 3);
  return reply;
}

import { OPCODE, type Opcode, STATUS, WORD_ADDRESS } from '../../atecc608/index.ts';
import { isSame } from '../../crypto/index.ts';
import { EmuError } from '../../errors.ts';
import type { I2cController } from '../../i2c/index.ts';
import { commandFrame, NO_DATA, opcodeName, payloadOf } from './frame.ts';

/** Zones as Read and Write number them in bits 1:0 of param1. */
const ZONES = { config: 0, otp: 1, data: 2 } as const;
export type Zone = keyof typeof ZONES;

/** Modes of GenKey: the public key of a private one that is there, or of a new one. */
export const GEN_KEY = { publicKey: 0x00, newPrivateKey: 0x04 } as const;

/** A Read or Write of 32 bytes instead of 4. */
const BLOCK_ACCESS = 0x80;

const GENERAL_CALL = 0x00;
/** What a chip that was woken answers: count, status, CRC. */
const AWAKE = Uint8Array.of(0x04, STATUS.AfterWake, 0x33, 0x43);
const IDLE = Uint8Array.of(WORD_ADDRESS.Idle);

/** The HAL's own fixed delay; the library's configured 1.5 ms are not used by it. */
const WAKE_DELAY_MS = 10;
const FIRST_POLL_MS = 1;
const POLL_STEP_MS = 2;
const EXTRA_POLLS = 1250;
/** START, address and acknowledge bit; the chip must be ready when they are over. */
const ADDRESS_BITS = 10;
/** The same without acknowledge, and STOP. */
const REFUSED_BITS = 11;
/** A nanosecond: times are sums of fractions, and a poll must not miss the end of a command by their rounding. */
const ROUNDING_MS = 1e-6;

/** Count, one byte of status, CRC. */
const SHORTEST_REPLY = 4;

/** The param2 of a Read or Write of a data slot: word in bits 2:0, slot in 6:3, block in 11:8. */
export function dataAddress(slot: number, block = 0, word = 0): number {
  return (block << 8) | (slot << 3) | word;
}

/**
 * The firmware's driver of the chip at `address` (7 bits). Every command is wake, send, poll, receive, idle, and
 * never sleep, so that the chip's volatile registers live from one command to the next.
 *
 * The named methods throw `EMU_E_CHIP_STATUS` with value `{ command, status }` when the chip refuses; `execute` hands
 * a status back as data. A chip that cannot be talked to throws `EMU_E_CHIP_WAKE`, `_BUS`, `_TIMEOUT` or `_REPLY`,
 * and what no packet holds `EMU_E_CHIP_PACKET`.
 */
export class AteccDriver {
  /** The bus: its `settle` comes before anything that the chip answered leaves the device. */
  readonly i2c: I2cController;
  readonly #address: number;
  #commands = 0;

  constructor(i2c: I2cController, address = 0x60) {
    this.i2c = i2c;
    this.#address = address;
  }

  /** How many commands the chip has answered. */
  get commands(): number {
    return this.#commands;
  }

  /** One command. Returns the reply's payload, count and CRC removed; a status reply is a payload of one byte. */
  execute(opcode: Opcode, param1: number, param2: number, data: Uint8Array = NO_DATA): Uint8Array {
    const { i2c } = this;
    const frame = commandFrame(opcode, param1, param2, data);
    // The wake pulse is START, the address 00, which is not acknowledged, and STOP; its outcome says nothing.
    i2c.write(GENERAL_CALL, NO_DATA);
    i2c.delay(WAKE_DELAY_MS);
    const greeting = i2c.read(this.#address, 4);
    if (greeting === undefined || !isSame(greeting, AWAKE)) {
      throw new EmuError('EMU_E_CHIP_WAKE', 'the chip did not answer the wake pulse with 04 11 33 43', {
        value: greeting,
        hint: 'check that a chip is attached at this address',
      });
    }
    try {
      const sent = i2c.write(this.#address, frame);
      if (sent.ack !== 'ack') {
        throw new EmuError('EMU_E_CHIP_BUS', `the chip did not acknowledge ${opcodeName(opcode)}`, { value: sent });
      }
      // One bus transaction in two calls: the count byte without STOP, then what it announces.
      const first = this.#poll(opcode);
      const count = first[0] ?? 0;
      const rest = count < SHORTEST_REPLY ? undefined : i2c.read(this.#address, count - 1);
      const payload = payloadOf(opcode, first, rest);
      this.#commands++;
      return payload;
    } finally {
      i2c.write(this.#address, IDLE);
    }
  }

  /**
   * The count byte of the reply, read at the first poll at which the chip acknowledges its address. Polls whose refusal is
   * certain are left out; their time is not.
   */
  #poll(opcode: Opcode): Uint8Array {
    const { clock, bitMs } = this.i2c;
    const refusedMs = POLL_STEP_MS + REFUSED_BITS * bitMs;
    this.i2c.delay(FIRST_POLL_MS);
    for (let poll = 0; poll <= EXTRA_POLLS; poll++) {
      const busyMs = (this.i2c.readyAt(this.#address) ?? 0) - clock.now() - ADDRESS_BITS * bitMs;
      const refused = Math.min(Math.ceil((busyMs - ROUNDING_MS) / refusedMs), EXTRA_POLLS - poll);
      if (refused > 0) {
        poll += refused;
        this.i2c.delay(refused * refusedMs);
      }
      const first = this.i2c.read(this.#address, 1, false);
      if (first !== undefined) return first;
      this.i2c.delay(POLL_STEP_MS);
    }
    throw new EmuError('EMU_E_CHIP_TIMEOUT', `the chip did not finish ${opcodeName(opcode)} within 2.5 s`, {
      value: opcode,
    });
  }

  /** What the library's initialisation costs on a 608: one block read, to learn the clock divider in byte 19. */
  init(): void {
    this.readConfigBlock(0);
  }

  /** The revision, 4 bytes. */
  info(): Uint8Array {
    return this.request(OPCODE.Info, 0x00, 0, NO_DATA, 4);
  }

  /** 32 random bytes (FF FF 00 00 … while the configuration is unlocked). */
  random(): Uint8Array {
    return this.request(OPCODE.Random, 0x00, 0, NO_DATA, 32);
  }

  /** 4 or 32 bytes at a Read address: `block << 3 | word` in config and OTP, `dataAddress` in the data zone. */
  read(zone: Zone, address: number, length: 4 | 32): Uint8Array {
    return this.request(OPCODE.Read, accessMode(zone, length), address, NO_DATA, length);
  }

  /** One of the four 32-byte blocks of the configuration. */
  readConfigBlock(block: number): Uint8Array {
    return this.read('config', block << 3, 32);
  }

  /** Writes 4 or 32 bytes in clear. */
  write(zone: Zone, address: number, bytes: Uint8Array): void {
    this.request(OPCODE.Write, accessMode(zone, bytes.length), address, bytes, 0);
  }

  /** `mode` bits 1:0 zone, 5:2 slot, 7 no check of the CRC in `crc`. Irreversible. */
  lock(mode: number, crc = 0): void {
    this.request(OPCODE.Lock, mode, crc, NO_DATA, 0);
  }

  /** A digest of 32 bytes passed through into the Message Digest Buffer. */
  nonce(digest: Uint8Array): void {
    this.request(OPCODE.Nonce, 0x43, 0, digest, 0);
  }

  /** The public key X||Y, in one of the modes `GEN_KEY`; key 0xFFFF lives in TempKey. */
  genKey(mode: number, keyId: number): Uint8Array {
    return this.request(OPCODE.GenKey, mode, keyId, NO_DATA, 64);
  }

  /** R||S; mode A0 signs the external message in the Message Digest Buffer. */
  sign(mode: number, keyId: number): Uint8Array {
    return this.request(OPCODE.Sign, mode, keyId, NO_DATA, 64);
  }

  /** The raw reply: 32 bytes in clear, 64 with output encryption (mode bit 1), nothing when the secret stays inside. */
  ecdh(mode: number, keyId: number, peer: Uint8Array): Uint8Array {
    const toBuffer = (mode & 0x0c) === 0x0c || (mode & 0x0c) === 0;
    return this.request(OPCODE.ECDH, mode, keyId, peer, toBuffer ? ((mode & 0x02) !== 0 ? 64 : 32) : 0);
  }

  /** Sets UserExtra (mode 0) or UserExtraAdd (mode 1). */
  updateExtra(mode: number, value: number): void {
    this.request(OPCODE.UpdateExtra, mode, value, NO_DATA, 0);
  }

  /**
   * One command, and the payload of `length` bytes that it must answer, or of none (0): then status 00 is all that may come.
   * Throws as the named methods do.
   */
  request(opcode: Opcode, param1: number, param2: number, data: Uint8Array, length: number): Uint8Array {
    const payload = this.execute(opcode, param1, param2, data);
    if (payload.length === 1) {
      const status = payload[0] ?? 0;
      if (length === 0 && status === STATUS.Success) return NO_DATA;
      const command = opcodeName(opcode);
      const shown = status.toString(16).toUpperCase().padStart(2, '0');
      throw new EmuError('EMU_E_CHIP_STATUS', `the chip answered ${command} with status ${shown}`, {
        value: { command, status },
      });
    }
    if (payload.length !== length) {
      throw new EmuError('EMU_E_CHIP_REPLY', `${opcodeName(opcode)} returned ${payload.length} bytes, not ${length}`, {
        value: payload,
      });
    }
    return payload;
  }
}

function accessMode(zone: Zone, length: number): number {
  return ZONES[zone] | (length === 32 ? BLOCK_ACCESS : 0);
}

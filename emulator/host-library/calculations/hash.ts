import { OPCODE, type UnspecifiedBehaviour } from '../../atecc608/index.ts';
import { type AteccDriver, NO_DATA } from '../driver/index.ts';
import type { Register } from './registers.ts';

const BLOCK_SIZE = 64;

const START = 0x00;
const UPDATE = 0x01;
const HMAC_START = 0x04;
const READ_CONTEXT = 0x06;
const WRITE_CONTEXT = 0x07;
/** End; bits 7:6 say where the digest goes besides to the host. */
const ENDS = { tempKey: 0x02, messageDigestBuffer: 0x42, output: 0xc2 } as const;

/** A SHA-256 or an HMAC that the chip computes, over as many pieces as the host likes. The chip holds one at a time. */
export class ChipHash {
  readonly #driver: AteccDriver;
  #length: number;

  private constructor(driver: AteccDriver, length: number) {
    this.#driver = driver;
    this.#length = length;
  }

  static start(driver: AteccDriver): ChipHash {
    driver.request(OPCODE.SHA, START, 0, NO_DATA, 0);
    return new ChipHash(driver, 0);
  }

  /** HMAC under the first 32 bytes of a slot, or of TempKey (`TEMP_KEY`). */
  static startHmac(driver: AteccDriver, keyId: number): ChipHash {
    driver.request(OPCODE.SHA, HMAC_START, keyId, NO_DATA, 0);
    return new ChipHash(driver, 0);
  }

  /** Goes on from what `save` returned, on this chip or another. */
  static restore(driver: AteccDriver, context: Uint8Array): ChipHash {
    driver.request(OPCODE.SHA, WRITE_CONTEXT, context.length, context, 0);
    return new ChipHash(driver, new DataView(context.buffer, context.byteOffset).getUint32(0, true));
  }

  update(data: Uint8Array): void {
    for (let at = 0; at < data.length; at += BLOCK_SIZE) {
      const piece = data.subarray(at, at + BLOCK_SIZE);
      this.#driver.request(OPCODE.SHA, UPDATE, piece.length, piece, 0);
    }
    this.#length += data.length;
  }

  /**
   * What the chip has computed so far, 36 to 99 bytes; it goes on all the same. The chip refuses it of an HMAC. `head`: the
   * length and the eight words, before the bytes that wait for their block, as the chip's option `shaContextHead` has it.
   */
  save(head: UnspecifiedBehaviour['shaContextHead'] = 36): Uint8Array {
    return this.#driver.request(OPCODE.SHA, READ_CONTEXT, 0, NO_DATA, head + (this.#length % BLOCK_SIZE));
  }

  /** Takes the last data and returns the digest, which goes to a register too where one is named. */
  end(data: Uint8Array = NO_DATA, target: 'output' | Exclude<Register, 'alternateKeyBuffer'> = 'output'): Uint8Array {
    const whole = data.length - (data.length % BLOCK_SIZE || Math.min(data.length, BLOCK_SIZE));
    this.update(data.subarray(0, whole));
    const rest = data.subarray(whole);
    return this.#driver.request(OPCODE.SHA, ENDS[target], rest.length, rest, 32);
  }
}

/** SHA-256 of `data`, by the chip. */
export function chipSha256(driver: AteccDriver, data: Uint8Array): Uint8Array {
  return ChipHash.start(driver).end(data);
}

/** HMAC-SHA-256 of `data` under the first 32 bytes of a slot, or of TempKey (`TEMP_KEY`). */
export function chipHmac(driver: AteccDriver, keyId: number, data: Uint8Array): Uint8Array {
  return ChipHash.startHmac(driver, keyId).end(data);
}

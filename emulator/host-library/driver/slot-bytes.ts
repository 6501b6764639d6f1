import { EmuError } from '../../errors.ts';
import { type AteccDriver, dataAddress } from './driver.ts';

const WORD = 4;
const BLOCK = 32;

/** Where the byte at `offset` is, as a Write addresses it. */
function placeOf(offset: number): { readonly block: number; readonly word: number } {
  return { block: Math.floor(offset / BLOCK), word: (offset % BLOCK) / WORD };
}

/** The chip addresses words of four bytes. */
function requireWords(...values: number[]): void {
  if (values.every((value) => Number.isInteger(value) && value >= 0 && value % WORD === 0)) return;
  throw new EmuError('EMU_E_CHIP_PACKET', 'the bytes of a slot are addressed in words of 4', { value: values });
}

/**
 * Bytes into a slot, in clear, as the library's atcab_write_bytes_zone: a block of 32 where one begins and all of it is to be
 * written, a word of four otherwise. A reset between two of the commands leaves a part of it.
 */
export function writeSlotBytes(driver: AteccDriver, slot: number, offset: number, bytes: Uint8Array): void {
  requireWords(offset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const { block, word } = placeOf(offset + at);
    const length = word === 0 && bytes.length - at >= BLOCK ? BLOCK : WORD;
    driver.write('data', dataAddress(slot, block, word), bytes.subarray(at, at + length));
    at += length;
  }
}

/** Bytes of a slot that has whole blocks there, as the library's atcab_read_bytes_zone: all blocks that they touch. */
export function readSlotBytes(driver: AteccDriver, slot: number, offset: number, length: number): Uint8Array {
  const first = placeOf(offset).block;
  const last = placeOf(offset + length - 1).block;
  const blocks = new Uint8Array((last + 1 - first) * BLOCK);
  for (let block = first; block <= last; block++) {
    blocks.set(driver.read('data', dataAddress(slot, block), BLOCK), (block - first) * BLOCK);
  }
  return blocks.slice(offset - first * BLOCK, offset - first * BLOCK + length);
}

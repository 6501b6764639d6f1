import { expandKey, ROUNDS } from './aes128.ts';
import { box, columns, inverseBox, rotate } from './rijndael.ts';
import { putWord, wordAt } from './words.ts';

const table = columns(inverseBox, [0xe, 0x9, 0xd, 0xb]);

const keys = new Int32Array(4 * (ROUNDS + 1));

/** The schedule of the equivalent inverse cipher (FIPS 197 5.3.5): last round first, the middle ones through InvMixColumns. */
function expandInverse(key: Uint8Array): void {
  const forward = expandKey(key);
  for (let index = 0; index < keys.length; index++) {
    const round = index >> 2;
    const word = forward[4 * (ROUNDS - round) + (index & 3)] as number;
    keys[index] = round === 0 || round === ROUNDS ? word : mixedWord(word);
  }
}

/** InvMixColumns of one column: the table undoes the box that it is given. */
function mixedWord(word: number): number {
  const unboxed = (shift: number) => (box[(word >>> shift) & 0xff] as number) << shift;
  const s = unboxed(24) | unboxed(16) | unboxed(8) | unboxed(0);
  return mixed(s, s, s, s);
}

/** A column after InvShiftRows, InvSubBytes and InvMixColumns. */
function mixed(a: number, b: number, c: number, d: number): number {
  return (
    (table[a >>> 24] as number) ^
    rotate(table[(b >>> 16) & 0xff] as number, 8) ^
    rotate(table[(c >>> 8) & 0xff] as number, 16) ^
    rotate(table[d & 0xff] as number, 24)
  );
}

/** The same without InvMixColumns. */
function substituted(a: number, b: number, c: number, d: number): number {
  return (
    ((inverseBox[a >>> 24] as number) << 24) |
    ((inverseBox[(b >>> 16) & 0xff] as number) << 16) |
    ((inverseBox[(c >>> 8) & 0xff] as number) << 8) |
    (inverseBox[d & 0xff] as number)
  );
}

/** One block back, 16 bytes each (FIPS 197 5.3). */
export function aes128Decrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
  expandInverse(key);
  let s0 = wordAt(block, 0) ^ (keys[0] as number);
  let s1 = wordAt(block, 4) ^ (keys[1] as number);
  let s2 = wordAt(block, 8) ^ (keys[2] as number);
  let s3 = wordAt(block, 12) ^ (keys[3] as number);
  for (let at = 4; at < 4 * ROUNDS; at += 4) {
    const t0 = mixed(s0, s3, s2, s1) ^ (keys[at] as number);
    const t1 = mixed(s1, s0, s3, s2) ^ (keys[at + 1] as number);
    const t2 = mixed(s2, s1, s0, s3) ^ (keys[at + 2] as number);
    s3 = mixed(s3, s2, s1, s0) ^ (keys[at + 3] as number);
    s0 = t0;
    s1 = t1;
    s2 = t2;
  }
  const out = new Uint8Array(16);
  putWord(out, 0, substituted(s0, s3, s2, s1) ^ (keys[40] as number));
  putWord(out, 4, substituted(s1, s0, s3, s2) ^ (keys[41] as number));
  putWord(out, 8, substituted(s2, s1, s0, s3) ^ (keys[42] as number));
  putWord(out, 12, substituted(s3, s2, s1, s0) ^ (keys[43] as number));
  return out;
}

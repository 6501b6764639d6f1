import { box, columns, double, rotate } from './rijndael.ts';
import { putWord, wordAt } from './words.ts';

// Nothing in AES here hides a key from the time that it takes: these keys are of no real device. Tables are constants of
// their module and no parameters: V8 then knows their lengths, which halves the time of a block.

export const ROUNDS = 10;

const table = columns(box, [0x2, 0x1, 0x1, 0x3]);

// One key schedule for all: it lives only as long as a message is worked on.
const keys = new Int32Array(4 * (ROUNDS + 1));

/** FIPS 197 5.2: the schedule of a key of 16 bytes, which the next call overwrites. */
export function expandKey(key: Uint8Array): Int32Array {
  for (let index = 0; index < 4; index++) keys[index] = wordAt(key, 4 * index);
  let constant = 1;
  for (let index = 4; index < keys.length; index++) {
    let word = keys[index - 1] as number;
    if (index % 4 === 0) {
      const turned = rotate(word, 24);
      word = substituted(turned, turned, turned, turned) ^ (constant << 24);
      constant = double(constant);
    }
    keys[index] = (keys[index - 4] as number) ^ word;
  }
  return keys;
}

/** One block in place, 4 words, under the key expanded last. */
export function encryptWords(words: Int32Array): void {
  let s0 = (words[0] as number) ^ (keys[0] as number);
  let s1 = (words[1] as number) ^ (keys[1] as number);
  let s2 = (words[2] as number) ^ (keys[2] as number);
  let s3 = (words[3] as number) ^ (keys[3] as number);
  for (let at = 4; at < 4 * ROUNDS; at += 4) {
    const t0 = mixed(s0, s1, s2, s3) ^ (keys[at] as number);
    const t1 = mixed(s1, s2, s3, s0) ^ (keys[at + 1] as number);
    const t2 = mixed(s2, s3, s0, s1) ^ (keys[at + 2] as number);
    s3 = mixed(s3, s0, s1, s2) ^ (keys[at + 3] as number);
    s0 = t0;
    s1 = t1;
    s2 = t2;
  }
  words[0] = substituted(s0, s1, s2, s3) ^ (keys[40] as number);
  words[1] = substituted(s1, s2, s3, s0) ^ (keys[41] as number);
  words[2] = substituted(s2, s3, s0, s1) ^ (keys[42] as number);
  words[3] = substituted(s3, s0, s1, s2) ^ (keys[43] as number);
}

/** A column after ShiftRows, SubBytes and MixColumns. */
function mixed(a: number, b: number, c: number, d: number): number {
  return (
    (table[a >>> 24] as number) ^
    rotate(table[(b >>> 16) & 0xff] as number, 8) ^
    rotate(table[(c >>> 8) & 0xff] as number, 16) ^
    rotate(table[d & 0xff] as number, 24)
  );
}

/** The same without MixColumns. */
function substituted(a: number, b: number, c: number, d: number): number {
  return (
    ((box[a >>> 24] as number) << 24) |
    ((box[(b >>> 16) & 0xff] as number) << 16) |
    ((box[(c >>> 8) & 0xff] as number) << 8) |
    (box[d & 0xff] as number)
  );
}

const block = new Int32Array(4);

/** One block under AES-128 (FIPS 197), 16 bytes each; on node:crypto a cipher for one block costs ten times as much. */
export function aes128Encrypt(key: Uint8Array, plain: Uint8Array): Uint8Array {
  expandKey(key);
  for (let word = 0; word < 4; word++) block[word] = wordAt(plain, 4 * word);
  encryptWords(block);
  const out = new Uint8Array(16);
  for (let word = 0; word < 4; word++) putWord(out, 4 * word, block[word] as number);
  return out;
}

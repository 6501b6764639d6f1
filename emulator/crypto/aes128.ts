import { putWord, wordAt } from './words.ts';

const ROUNDS = 10;

/** `byte` times x in the field of 256 elements (FIPS 197 4.2). */
function double(byte: number): number {
  return ((byte << 1) ^ (byte & 0x80 ? 0x11b : 0)) & 0xff;
}

// The elements as powers of x + 1, and back: a product is a sum of exponents.
const power = new Uint8Array(255);
const exponent = new Uint8Array(256);
for (let e = 0, element = 1; e < 255; e++) {
  power[e] = element;
  exponent[element] = e;
  element ^= double(element);
}

function product(first: number, second: number): number {
  if (first === 0 || second === 0) return 0;
  return power[((exponent[first] as number) + (exponent[second] as number)) % 255] as number;
}

/** One way through the cipher. Nothing here hides a key from the time that it takes: these keys are of no real device. */
interface Direction {
  /** What SubBytes makes of each byte. */
  readonly box: Uint8Array;
  /** The column that MixColumns makes of it, in the first row; in others it is turned. */
  readonly table: Int32Array;
  /** 1 for columns from left to right; 3 for the other way round, 0, 3, 2, 1, which turns ShiftRows into its inverse. */
  readonly step: 1 | 3;
}

const encryption: Direction = { box: new Uint8Array(256), table: new Int32Array(256), step: 1 };
const decryption: Direction = { box: new Uint8Array(256), table: new Int32Array(256), step: 3 };
for (let byte = 0; byte < 256; byte++) {
  // FIPS 197 5.1.1: the inverse, XORed with itself turned left by 1 to 4, and 63.
  const twice = byte === 0 ? 0 : 0x101 * (power[(255 - (exponent[byte] as number)) % 255] as number);
  const substitute = (twice ^ (twice >> 7) ^ (twice >> 6) ^ (twice >> 5) ^ (twice >> 4) ^ 0x63) & 0xff;
  encryption.box[byte] = substitute;
  decryption.box[substitute] = byte;
}
for (let byte = 0; byte < 256; byte++) {
  encryption.table[byte] = column(encryption.box[byte] as number, 0x2, 0x1, 0x1, 0x3);
  decryption.table[byte] = column(decryption.box[byte] as number, 0xe, 0x9, 0xd, 0xb);
}

function column(byte: number, a: number, b: number, c: number, d: number): number {
  return (product(byte, a) << 24) | (product(byte, b) << 16) | (product(byte, c) << 8) | product(byte, d);
}

/** A column after ShiftRows, SubBytes and MixColumns. */
function mixed({ table }: Direction, a: number, b: number, c: number, d: number): number {
  return (
    (table[a >>> 24] as number) ^
    rotate(table[(b >>> 16) & 0xff] as number, 8) ^
    rotate(table[(c >>> 8) & 0xff] as number, 16) ^
    rotate(table[d & 0xff] as number, 24)
  );
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The same without MixColumns. */
function substituted({ box }: Direction, a: number, b: number, c: number, d: number): number {
  return (
    ((box[a >>> 24] as number) << 24) |
    ((box[(b >>> 16) & 0xff] as number) << 16) |
    ((box[(c >>> 8) & 0xff] as number) << 8) |
    (box[d & 0xff] as number)
  );
}

// One key schedule for each direction: it lives only as long as a block is worked on.
const keys = new Int32Array(4 * (ROUNDS + 1));
const inverseKeys = new Int32Array(keys.length);

/** FIPS 197 5.2. */
function expand(key: Uint8Array): Int32Array {
  for (let index = 0; index < 4; index++) keys[index] = wordAt(key, 4 * index);
  let constant = 1;
  for (let index = 4; index < keys.length; index++) {
    let word = keys[index - 1] as number;
    if (index % 4 === 0) {
      const turned = rotate(word, 24);
      word = substituted(encryption, turned, turned, turned, turned) ^ (constant << 24);
      constant = double(constant);
    }
    keys[index] = (keys[index - 4] as number) ^ word;
  }
  return keys;
}

/** The schedule of the equivalent inverse cipher (FIPS 197 5.3.5): last round first, columns the other way round. */
function expandInverse(key: Uint8Array): Int32Array {
  expand(key);
  for (let index = 0; index < keys.length; index++) {
    const round = index >> 2;
    const word = keys[4 * (ROUNDS - round) + (-index & 3)] as number;
    const s = substituted(encryption, word, word, word, word);
    inverseKeys[index] = round === 0 || round === ROUNDS ? word : mixed(decryption, s, s, s, s);
  }
  return inverseKeys;
}

function crypt(direction: Direction, schedule: Int32Array, block: Uint8Array): Uint8Array {
  const second = 4 * direction.step;
  const fourth = 16 - second;
  let s0 = wordAt(block, 0) ^ (schedule[0] as number);
  let s1 = wordAt(block, second) ^ (schedule[1] as number);
  let s2 = wordAt(block, 8) ^ (schedule[2] as number);
  let s3 = wordAt(block, fourth) ^ (schedule[3] as number);
  for (let at = 4; at < 4 * ROUNDS; at += 4) {
    const t0 = mixed(direction, s0, s1, s2, s3) ^ (schedule[at] as number);
    const t1 = mixed(direction, s1, s2, s3, s0) ^ (schedule[at + 1] as number);
    const t2 = mixed(direction, s2, s3, s0, s1) ^ (schedule[at + 2] as number);
    s3 = mixed(direction, s3, s0, s1, s2) ^ (schedule[at + 3] as number);
    s0 = t0;
    s1 = t1;
    s2 = t2;
  }
  const out = new Uint8Array(16);
  const last = 4 * ROUNDS;
  putWord(out, 0, substituted(direction, s0, s1, s2, s3) ^ (schedule[last] as number));
  putWord(out, second, substituted(direction, s1, s2, s3, s0) ^ (schedule[last + 1] as number));
  putWord(out, 8, substituted(direction, s2, s3, s0, s1) ^ (schedule[last + 2] as number));
  putWord(out, fourth, substituted(direction, s3, s0, s1, s2) ^ (schedule[last + 3] as number));
  return out;
}

/** One block under AES-128 (FIPS 197), 16 bytes each; on node:crypto a cipher for one block costs ten times as much. */
export function aes128Encrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
  return crypt(encryption, expand(key), block);
}

export function aes128Decrypt(key: Uint8Array, block: Uint8Array): Uint8Array {
  return crypt(decryption, expandInverse(key), block);
}

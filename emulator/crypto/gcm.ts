import { encryptWords, expandKey } from './aes128.ts';
import { allocate } from './allocate.ts';
import { Ghash } from './ghash.ts';
import { putWord, wordAt } from './words.ts';

/** AES-128-GCM in plain code (SP 800-38D), for messages so short that most of a node:crypto cipher is making it. */

// One of each for all messages: they live only as long as a call.
const ghash = new Ghash();
const block = new Int32Array(4);

/** Expands the key and begins GHASH under the hash key that it makes of a block of zeros. */
function begin(key: Uint8Array): void {
  expandKey(key);
  block.fill(0);
  encryptWords(block);
  ghash.reset(block);
}

/** Leaves in `block` the key stream of one counter; 1 is that of the tag. */
function encryptCounter(nonce: Uint8Array, counter: number): void {
  block[0] = wordAt(nonce, 0);
  block[1] = wordAt(nonce, 4);
  block[2] = wordAt(nonce, 8);
  block[3] = counter;
  encryptWords(block);
}

/** GCTR from counter 2 on (6.5): the first `length` bytes of `input` go to `out` at `offset`. */
function crypt(nonce: Uint8Array, input: Uint8Array, length: number, out: Uint8Array, offset: number): void {
  let at = 0;
  let counter = 2;
  for (; at + 16 <= length; at += 16) {
    encryptCounter(nonce, counter++);
    for (let byte = 0; byte < 16; byte += 4) {
      putWord(out, offset + at + byte, wordAt(input, at + byte) ^ (block[byte >> 2] as number));
    }
  }
  if (at === length) return;
  encryptCounter(nonce, counter);
  for (let byte = 0; at < length; byte++, at++) {
    out[offset + at] = (input[at] as number) ^ ((block[byte >> 2] as number) >>> (24 - 8 * (byte & 3)));
  }
}

/** Leaves in `block` the tag over `additional` and over `ciphertext[from..to)`. */
function authenticate(
  nonce: Uint8Array,
  additional: Uint8Array,
  ciphertext: Uint8Array,
  from: number,
  to: number,
): void {
  ghash.update(additional, 0, additional.length);
  ghash.update(ciphertext, from, to);
  ghash.takeLengths(additional.length, to - from);
  encryptCounter(nonce, 1);
  for (let word = 0; word < 4; word++) block[word] = (block[word] as number) ^ (ghash.words[word] as number);
}

/** As `sealAes128Gcm`. */
export function sealShort(
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  plaintext: Uint8Array,
  out: Uint8Array,
  offset: number,
): void {
  const end = offset + plaintext.length;
  begin(key);
  crypt(nonce, plaintext, plaintext.length, out, offset);
  authenticate(nonce, additional, out, offset, end);
  for (let word = 0; word < 4; word++) putWord(out, end + 4 * word, block[word] as number);
}

/** As `openAes128Gcm`, of a ciphertext of `length` bytes with its tag. */
export function openShort(
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
  length: number,
): Uint8Array | undefined {
  begin(key);
  authenticate(nonce, additional, sealed, 0, length);
  for (let word = 0; word < 4; word++) if (block[word] !== wordAt(sealed, length + 4 * word)) return undefined;
  const plaintext = allocate(length);
  crypt(nonce, sealed, length, plaintext, 0);
  return plaintext;
}

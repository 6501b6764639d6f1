import { createCipheriv, createDecipheriv } from 'node:crypto';
import { openShort, sealShort } from './gcm.ts';

/** Length of an AES-GCM tag in TLS, in bytes (RFC 5288 3). */
export const gcmTagLength = 16;

/** Up to here plain code is faster: node:crypto takes 3 to 5 us to make a cipher and next to nothing for a byte. */
const longestShort = 256;

/**
 * AES-128-GCM (SP 800-38D): encrypts `plaintext` and writes ciphertext and tag into `out` at `offset`.
 * `key` has 16 bytes, `nonce` 12.
 */
export function sealAes128Gcm(
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  plaintext: Uint8Array,
  out: Uint8Array,
  offset: number,
): void {
  if (plaintext.length <= longestShort) {
    sealShort(key, nonce, additional, plaintext, out, offset);
    return;
  }
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  cipher.setAAD(additional);
  out.set(cipher.update(plaintext), offset);
  cipher.final();
  out.set(cipher.getAuthTag(), offset + plaintext.length);
}

/** Opens ciphertext followed by its tag; undefined when the tag does not hold (or has no room). */
export function openAes128Gcm(
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const length = sealed.length - gcmTagLength;
  if (length < 0) return undefined;
  if (length <= longestShort) return openShort(key, nonce, additional, sealed, length);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAAD(additional);
  decipher.setAuthTag(sealed.subarray(length));
  const plaintext = decipher.update(sealed.subarray(0, length));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length);
}

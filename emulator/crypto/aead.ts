import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Length of an AES-GCM tag in TLS, in bytes (RFC 5288 3). */
export const gcmTagLength = 16;

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

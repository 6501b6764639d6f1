import { ecb } from '@noble/ciphers/aes.js';
import { p256 } from '@noble/curves/nist.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import type { ChipCrypto } from './port.ts';

const noPadding = { disablePadding: true };

/** SEC 1 2.3.3: noble wants the prefix that chips leave out. */
function encoded(point: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(4), point);
}

function isPoint(point: Uint8Array): boolean {
  return p256.utils.isValidPublicKey(encoded(point), false);
}

/** The portable reference back end. */
export const nobleCrypto: ChipCrypto = {
  name: 'noble',
  sha256: (...parts) => sha256(concatBytes(...parts)),
  hmacSha256: (key, ...parts) => hmac(sha256, key, concatBytes(...parts)),
  aesEncrypt: (key, block) => ecb(key, noPadding).encrypt(block),
  aesDecrypt: (key, block) => ecb(key, noPadding).decrypt(block),
  publicKey: (scalar) =>
    p256.utils.isValidSecretKey(scalar) ? p256.getPublicKey(scalar, false).subarray(1) : undefined,
  isPoint,
  agree: (scalar, point) =>
    p256.utils.isValidSecretKey(scalar) && isPoint(point)
      ? p256.getSharedSecret(scalar, encoded(point), true).subarray(1)
      : undefined,
  signDigest: (scalar, digest, extraEntropy) =>
    p256.utils.isValidSecretKey(scalar)
      ? p256.sign(digest, scalar, { prehash: false, lowS: false, extraEntropy })
      : undefined,
  verifyDigest: (point, digest, signature) =>
    isPoint(point) && p256.verify(signature, digest, encoded(point), { prehash: false, lowS: false }),
};

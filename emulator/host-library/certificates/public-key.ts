import { isSame, sha1 } from '../../crypto/index.ts';

/** SubjectPublicKeyInfo of an uncompressed P-256 point up to X (RFC 5480 2). */
const P256_PREFIX = Uint8Array.of(
  ...[0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01],
  ...[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04],
);

/** A public key in a slot: 4 pad bytes, X, 4 pad bytes, Y, so that each coordinate ends on a word of the slot. */
export const PADDED_KEY_LENGTH = 72;

/** 64 bytes X||Y to the 72 bytes of a slot. */
export function padPublicKey(key: Uint8Array): Uint8Array {
  const out = new Uint8Array(PADDED_KEY_LENGTH);
  out.set(key.subarray(0, 32), 4);
  out.set(key.subarray(32), 40);
  return out;
}

/** The 72 bytes of a slot to 64 bytes X||Y; what the pad bytes hold is not looked at. */
export function unpadPublicKey(padded: Uint8Array): Uint8Array {
  const out = new Uint8Array(64);
  out.set(padded.subarray(4, 36));
  out.set(padded.subarray(40, 72), 32);
  return out;
}

/** The 20 bytes that name a key in a certificate: SHA-1 of 04||X||Y (RFC 5280 4.2.1.2, method 1). */
export function keyIdentifier(key: Uint8Array): Uint8Array {
  const point = new Uint8Array(65);
  point[0] = 4;
  point.set(key, 1);
  return sha1(point);
}

/** A public key X||Y as files have it: DER of SubjectPublicKeyInfo. */
export function subjectPublicKeyInfo(key: Uint8Array): Uint8Array {
  return Uint8Array.of(...P256_PREFIX, ...key);
}

/** X||Y within DER of SubjectPublicKeyInfo; undefined where that holds another kind of key. */
export function publicKeyFromInfo(info: Uint8Array): Uint8Array | undefined {
  return isSame(info.subarray(0, -64), P256_PREFIX) ? info.subarray(-64) : undefined;
}

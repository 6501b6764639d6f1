import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { nodeCrypto, sha1 } from '../../emulator/crypto/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';

/** A P-256 key of a CA or a server. Keys of devices are generated in their chips and stay there. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  /** X||Y. */
  readonly publicKey: Uint8Array;
}

export function makeKeyPair(rng: Rng): KeyPair {
  for (;;) {
    const scalar = rng.bytes(32);
    const publicKey = nodeCrypto.publicKey(scalar);
    if (publicKey === undefined) continue;
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      d: base64url(scalar),
      x: base64url(publicKey.subarray(0, 32)),
      y: base64url(publicKey.subarray(32)),
    };
    return { privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), publicKey };
  }
}

/** X||Y of a P-256 private key: the end of its SubjectPublicKeyInfo. */
export function publicKeyOf(privateKey: KeyObject): Uint8Array {
  return Uint8Array.from(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-64));
}

/** The key identifier of RFC 5280 4.2.1.2 method 1: SHA-1 of the point 04||X||Y. */
export function keyIdentifier(publicKey: Uint8Array): Uint8Array {
  return sha1(Uint8Array.of(0x04, ...publicKey));
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

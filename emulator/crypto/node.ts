import { createECDH } from 'node:crypto';
import { aes128Encrypt } from './aes128.ts';
import { aes128Decrypt } from './aes128-inverse.ts';
import { hmacSha256 } from './hmac.ts';
import { nonces } from './nonce.ts';
import { add, inverse, isOnCurve, mod, n, putBigInt, toBigInt } from './p256.ts';
import type { ChipCrypto } from './port.ts';
import { sha256 } from './sha256.ts';

// One object for every device, and the scalar that it has, 0 for none. A device takes the same one twice in a row: to
// generate and to agree, and for its public key before each connection. Setting it is a product with G.
const ecdh = createECDH('prime256v1');
const held = new Uint8Array(32);

/** The scalar is valid. */
function hold(scalar: Uint8Array): void {
  if (Buffer.compare(scalar, held) === 0) return;
  ecdh.setPrivateKey(scalar);
  held.set(scalar);
}

/** node:crypto answers in Buffers; callers of the port get plain arrays. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

const zero = new Uint8Array(32);
const order = scalarBytes(n);

function isScalar(scalar: Uint8Array): boolean {
  return Buffer.compare(scalar, zero) > 0 && Buffer.compare(scalar, order) < 0;
}

function isPoint(point: Uint8Array): boolean {
  return isOnCurve(toBigInt(point), toBigInt(point, 32));
}

/** scalar·G with the 04 prefix; the scalar is valid. */
function multiplyBase(scalar: Uint8Array): Uint8Array {
  hold(scalar);
  return plain(ecdh.getPublicKey());
}

/** The X coordinate of scalar·point; the scalar is valid. Throws for a point that is not on the curve. */
function multiplyX(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const encoded = new Uint8Array(65);
  encoded[0] = 4;
  encoded.set(point, 1);
  hold(scalar);
  return plain(ecdh.computeSecret(encoded));
}

function scalarBytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  putBigInt(bytes, 0, value);
  return bytes;
}

function agree(scalar: Uint8Array, point: Uint8Array): Uint8Array | undefined {
  if (!isScalar(scalar)) return undefined;
  try {
    return multiplyX(scalar, point);
  } catch {
    return undefined;
  }
}

/** FIPS 186-5 6.4.1, for want of a node:crypto function that signs a ready digest. */
function signDigest(scalar: Uint8Array, digest: Uint8Array, extraEntropy: Uint8Array): Uint8Array | undefined {
  if (!isScalar(scalar)) return undefined;
  const d = toBigInt(scalar);
  const z = toBigInt(digest);
  for (const k of nonces(hmacSha256, scalar, digest, extraEntropy)) {
    const r = toBigInt(multiplyBase(scalarBytes(k)), 1) % n;
    const s = (inverse(k, n) * ((z + r * d) % n)) % n;
    if (r === 0n || s === 0n) continue;
    const signature = new Uint8Array(64);
    putBigInt(signature, 0, r);
    putBigInt(signature, 32, s);
    return signature;
  }
  return undefined;
}

/**
 * FIPS 186-5 6.4.2 asks whether X of u1·G + u2·Q is r. With u1 = z/s and u2 = r/s that point is u2·(Q + (z/r)·G):
 * one product with G, one addition, and one product of which only X is needed, which is what ECDH gives.
 */
function verifyDigest(point: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const r = toBigInt(signature);
  const s = toBigInt(signature, 32);
  if (r === 0n || r >= n || s === 0n || s >= n || !isPoint(point)) return false;
  let sum = point;
  const ratio = mod(toBigInt(digest) * inverse(r, n), n);
  if (ratio !== 0n) {
    const shift = multiplyBase(scalarBytes(ratio));
    const q = { x: toBigInt(point), y: toBigInt(point, 32) };
    const shifted = add(q, { x: toBigInt(shift, 1), y: toBigInt(shift, 33) });
    if (shifted === undefined) return false;
    sum = new Uint8Array(64);
    putBigInt(sum, 0, shifted.x);
    putBigInt(sum, 32, shifted.y);
  }
  return toBigInt(multiplyX(scalarBytes((r * inverse(s, n)) % n), sum)) % n === r;
}

/**
 * The back end for Node: P-256 is OpenSSL's. Hashes, MACs and AES are not: on messages as short as a chip's most of a
 * node:crypto call is the call.
 */
export const nodeCrypto: ChipCrypto = {
  name: 'node',
  sha256,
  hmacSha256,
  aesEncrypt: aes128Encrypt,
  aesDecrypt: aes128Decrypt,
  publicKey: (scalar) => (isScalar(scalar) ? multiplyBase(scalar).subarray(1) : undefined),
  isPoint,
  agree,
  signDigest,
  verifyDigest,
};

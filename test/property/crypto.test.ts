import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
} from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeCrypto, openAes128Gcm, sealAes128Gcm } from '../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../emulator/crypto/noble.ts';

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;

function bytes32(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
}

const edge = [0n, 1n, 2n, order - 1n, order, order + 1n, prime - 1n, prime, 2n ** 256n - 1n, 2n ** 128n, 255n];
const any32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const scalars = fc.oneof(any32, fc.constantFrom(...edge).map(bytes32));
const digests = scalars;
const validScalars = any32.filter((bytes) => nodeCrypto.publicKey(bytes) !== undefined);
const validPoints = validScalars.map((scalar) => nobleCrypto.publicKey(scalar) ?? new Uint8Array());
const points = fc.oneof(
  validPoints,
  fc.uint8Array({ minLength: 64, maxLength: 64 }),
  fc.tuple(scalars, scalars).map(([x, y]) => Uint8Array.of(...x, ...y)),
  // The same X with another Y, and coordinates that are right modulo p only.
  fc.tuple(validPoints, fc.nat(511)).map(([point, bit]) => flip(point, bit)),
);

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const out = bytes.slice();
  out[bit >> 3] = (out[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return out;
}

describe('both back ends are equal', () => {
  test('hashes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 4 }),
        fc.uint8Array({ maxLength: 80 }),
        (parts, key) => {
          expect(nodeCrypto.sha256(...parts)).toEqual(nobleCrypto.sha256(...parts));
          expect(nodeCrypto.hmacSha256(key, ...parts)).toEqual(nobleCrypto.hmacSha256(key, ...parts));
        },
      ),
    );
  });

  test('AES', () => {
    const block = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(block, block, (key, plain) => {
        const cipher = nodeCrypto.aesEncrypt(key, plain);
        expect(cipher).toEqual(nobleCrypto.aesEncrypt(key, plain));
        expect(nodeCrypto.aesDecrypt(key, cipher)).toEqual(plain);
        expect(nobleCrypto.aesDecrypt(key, cipher)).toEqual(plain);
      }),
    );
  });

  test('a MAC does not depend on the keys before it, nor on what becomes of their bytes', () => {
    const keys = fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 3 });
    const calls = fc.array(fc.tuple(fc.nat(2), fc.option(fc.nat()), fc.uint8Array({ maxLength: 70 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(keys, calls, (owned, sequence) => {
        for (const [which, turned, message] of sequence) {
          const key = owned[which % owned.length] ?? new Uint8Array();
          if (turned !== null && key.length > 0) key.set(flip(key, turned % (8 * key.length)));
          expect(nodeCrypto.hmacSha256(key, message)).toEqual(nobleCrypto.hmacSha256(key, message));
        }
      }),
    );
  });

  test('public keys', () => {
    fc.assert(
      fc.property(scalars, (scalar) => {
        expect(nodeCrypto.publicKey(scalar)).toEqual(nobleCrypto.publicKey(scalar));
      }),
    );
  });

  test('a point does not depend on the scalars before it, nor on what becomes of their bytes', () => {
    const owned = fc.array(validScalars, { minLength: 1, maxLength: 2 });
    const calls = fc.array(fc.tuple(fc.nat(1), fc.option(fc.nat(255)), fc.boolean()), { maxLength: 6 });
    const peer = nobleCrypto.publicKey(bytes32(7n)) ?? new Uint8Array();
    fc.assert(
      fc.property(owned, calls, (scalars, sequence) => {
        for (const [which, turned, agrees] of sequence) {
          const scalar = scalars[which % scalars.length] ?? new Uint8Array();
          if (turned !== null) scalar.set(flip(scalar, turned));
          if (agrees) expect(nodeCrypto.agree(scalar, peer)).toEqual(nobleCrypto.agree(scalar, peer));
          else expect(nodeCrypto.publicKey(scalar)).toEqual(nobleCrypto.publicKey(scalar));
        }
      }),
    );
  });

  test('points and agreement', () => {
    fc.assert(
      fc.property(scalars, points, (scalar, point) => {
        expect(nodeCrypto.isPoint(point)).toBe(nobleCrypto.isPoint(point));
        expect(nodeCrypto.agree(scalar, point)).toEqual(nobleCrypto.agree(scalar, point));
      }),
    );
  });

  test('signatures', () => {
    fc.assert(
      fc.property(scalars, digests, any32, (scalar, digest, extra) => {
        expect(nodeCrypto.signDigest(scalar, digest, extra)).toEqual(nobleCrypto.signDigest(scalar, digest, extra));
      }),
    );
  });

  test('verification', () => {
    const damaged = fc.option(fc.nat(511), { freq: 2 });
    fc.assert(
      fc.property(
        validScalars,
        digests,
        any32,
        damaged,
        damaged,
        damaged,
        (scalar, digest, extra, inPoint, inDigest, inSignature) => {
          const untouched = inPoint === null && inDigest === null && inSignature === null;
          let point = nodeCrypto.publicKey(scalar) ?? new Uint8Array();
          let signature = nodeCrypto.signDigest(scalar, digest, extra) ?? new Uint8Array();
          let signed = digest;
          if (inPoint !== null) point = flip(point, inPoint);
          if (inDigest !== null) signed = flip(digest, inDigest & 255);
          if (inSignature !== null) signature = flip(signature, inSignature);
          const valid = nobleCrypto.verifyDigest(point, signed, signature);
          expect(nodeCrypto.verifyDigest(point, signed, signature)).toBe(valid);
          expect(valid).toBe(untouched);
        },
      ),
    );
  });

  test('verification with edge values for r and s', () => {
    fc.assert(
      fc.property(points, digests, scalars, scalars, (point, digest, r, s) => {
        const signature = Uint8Array.of(...r, ...s);
        expect(nodeCrypto.verifyDigest(point, digest, signature)).toBe(
          nobleCrypto.verifyDigest(point, digest, signature),
        );
      }),
    );
  });
});

describe('node:crypto, which hashes the message itself, agrees', () => {
  test('on hashes and MACs, of which the back end for Node takes none from it', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, bytes, bytes, (key, first, second) => {
        const message = Buffer.concat([first, second]);
        const digest = createHash('sha256').update(message).digest();
        expect(nodeCrypto.sha256(first, second)).toEqual(new Uint8Array(digest));
        const mac = createHmac('sha256', key).update(message).digest();
        expect(nodeCrypto.hmacSha256(key, first, second)).toEqual(new Uint8Array(mac));
      }),
    );
  });

  test('on AES', () => {
    const block = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(block, block, (key, input) => {
        const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(input);
        expect(nodeCrypto.aesEncrypt(key, input)).toEqual(new Uint8Array(cipher));
        const plain = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(input);
        expect(nodeCrypto.aesDecrypt(key, input)).toEqual(new Uint8Array(plain));
      }),
      { numRuns: 1000 },
    );
  });

  test('on AES-GCM, whatever the lengths are', () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const message = fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.nat(600).chain(bytes));
    const additional = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(
        fc.tuple(bytes(16), bytes(12), additional, message),
        fc.nat(4),
        fc.nat(),
        ([key, nonce, head, plain], offset, turned) => {
          const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(head);
          const theirs = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
          const ours = new Uint8Array(offset + plain.length + 16);
          sealAes128Gcm(key, nonce, head, plain, ours, offset);
          expect(ours.subarray(offset)).toEqual(new Uint8Array(theirs));
          expect(ours.subarray(0, offset)).toEqual(new Uint8Array(offset));
          const sealed = ours.subarray(offset);
          expect(openAes128Gcm(key, nonce, head, sealed)).toEqual(plain);
          expect(openAes128Gcm(key, nonce, head, flip(sealed, turned % (8 * sealed.length)))).toBeUndefined();
        },
      ),
      { numRuns: 300 },
    );
  });

  test('it verifies the signatures of the port, and the port verifies its signatures', () => {
    fc.assert(
      fc.property(validScalars, fc.uint8Array({ maxLength: 100 }), any32, (scalar, message, extra) => {
        const point = nodeCrypto.publicKey(scalar) ?? new Uint8Array();
        const [x, y, d] = [point.subarray(0, 32), point.subarray(32), scalar].map((part) =>
          Buffer.from(part).toString('base64url'),
        ) as [string, string, string];
        const jwk = { kty: 'EC', crv: 'P-256', x, y, d };
        const digest = nodeCrypto.sha256(message);
        const signature = nodeCrypto.signDigest(scalar, digest, extra) ?? new Uint8Array();
        const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
        expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
        const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
        const theirs = new Uint8Array(sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }));
        expect(nodeCrypto.verifyDigest(point, digest, theirs)).toBe(true);
      }),
    );
  });

  test('two messages, two scalars or two entropies never share r', () => {
    fc.assert(
      fc.property(validScalars, any32, any32, fc.nat(255), (scalar, digest, extra, bit) => {
        const r = (d: Uint8Array, e: Uint8Array) => nodeCrypto.signDigest(scalar, d, e)?.subarray(0, 32);
        expect(r(flip(digest, bit), extra)).not.toEqual(r(digest, extra));
        expect(r(digest, flip(extra, bit))).not.toEqual(r(digest, extra));
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeCrypto, Sha256 } from '../../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../../emulator/crypto/noble.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const unhex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const hash = (...parts: Uint8Array[]) => {
  const sha = new Sha256();
  for (const part of parts) sha.update(part);
  return Buffer.from(sha.digest()).toString('hex');
};

describe('SHA-256 in steps', () => {
  // FIPS 180-4 examples; NIST CAVP 11.0, SHA256ShortMsg (Len 8, 16, 24) and SHA256LongMsg (Len 1304)
  test.each([
    [ascii(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [ascii('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      ascii('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'),
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    [ascii('a'.repeat(1_000_000)), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
    [unhex('d3'), '28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1'],
    [unhex('11af'), '5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98'],
    [unhex('b4190e'), 'dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2'],
    [
      unhex(
        '451101250ec6f26652249d59dc974b7361d571a8101cdfd36aba3b5854d3ae086b5fdd4597721b66e3c0dc5d8c606d9657d0e323283a5217' +
          'd1f53f2f284f57b85c8a61ac8924711f895c5ed90ef17745ed2d728abd22a5f7a13479a462d71b56c19a74a40b655c58edfe0a188ad2cf46' +
          'cbf30524f65d423c837dd1ff2bf462ac4198007345bb44dbb7b1c861298cdf61982a833afc728fae1eda2f87aa2c9480858bec',
      ),
      '3c593aa539fdcdae516cdf2f15000f6634185c88f505b39775fb9ab137a10aa2',
    ],
  ])('known answer %#', (message, digest) => {
    expect(hash(message)).toBe(digest);
    for (const cut of [1, 55, 56, 63, 64, 65]) {
      expect(hash(message.subarray(0, cut), message.subarray(cut))).toBe(digest);
    }
  });

  test('agrees with both back ends for any message in any pieces, also when it was put away in between', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, (parts) => {
        let sha = new Sha256();
        for (const part of parts) {
          sha.update(part);
          sha = new Sha256(sha.words, sha.length, sha.pending);
        }
        const digest = sha.digest();
        expect(digest).toEqual(nodeCrypto.sha256(...parts));
        expect(digest).toEqual(nobleCrypto.sha256(...parts));
      }),
      { numRuns: 200 },
    );
  });

  // No one hashes 2^29 bytes to see the upper half of the length field: a state that says it did stands for them.
  test('counts bits beyond 2^32', () => {
    const long = new Sha256(new Sha256().words, 2 ** 29 + 64);
    const short = new Sha256(new Sha256().words, 64);
    expect(long.digest()).not.toEqual(short.digest());
  });
});

import { describe, expect, test } from 'vitest';
import { nodeCrypto, sha1 } from '../../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../../emulator/crypto/noble.ts';

const hex = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString('hex'));
const unhex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const ascii = (text: string) => new TextEncoder().encode(text);

describe.each([nodeCrypto, nobleCrypto])('$name', (crypto) => {
  // FIPS 180-4 examples, csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('SHA-256 of %j', (message, digest) => {
    expect(hex(crypto.sha256(ascii(message)))).toBe(digest);
    expect(hex(crypto.sha256(ascii(message.slice(0, 2)), ascii(''), ascii(message.slice(2))))).toBe(digest);
  });

  // RFC 4231 4.2, 4.3 and 4.7
  test.each([
    ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      hex(ascii('Jefe')) ?? '',
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      'aa'.repeat(131),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('HMAC-SHA-256 with key %s', (key, message, mac) => {
    expect(hex(crypto.hmacSha256(unhex(key), ascii(message.slice(0, 5)), ascii(message.slice(5))))).toBe(mac);
  });

  // FIPS 197 appendix B and C.1; SP 800-38A F.1.1; NIST AESAVS, one each of GFSbox, KeySbox, VarTxt and VarKey
  test.each([
    ['2b7e151628aed2a6abf7158809cf4f3c', '3243f6a8885a308d313198a2e0370734', '3925841d02dc09fbdc118597196a0b32'],
    ['000102030405060708090a0b0c0d0e0f', '00112233445566778899aabbccddeeff', '69c4e0d86a7b0430d8cdb78070b4c55a'],
    ['2b7e151628aed2a6abf7158809cf4f3c', '6bc1bee22e409f96e93d7e117393172a', '3ad77bb40d7a3660a89ecaf32466ef97'],
    ['2b7e151628aed2a6abf7158809cf4f3c', 'ae2d8a571e03ac9c9eb76fac45af8e51', 'f5d3d58503b9699de785895a96fdbaaf'],
    ['00000000000000000000000000000000', 'f34481ec3cc627bacd5dc3fb08f273e6', '0336763e966d92595a567cc9ce537f5e'],
    ['10a58869d74be5a374cf867cfb473859', '00000000000000000000000000000000', '6d251e6944b051e04eaa6fb4dbf78465'],
    ['00000000000000000000000000000000', '80000000000000000000000000000000', '3ad78e726c1ec02b7ebfe92b23d9ec34'],
    ['80000000000000000000000000000000', '00000000000000000000000000000000', '0edd33d3c621e546455bd8ba1418bec8'],
  ])('AES-128 with key %s', (key, plain, cipher) => {
    expect(hex(crypto.aesEncrypt(unhex(key), unhex(plain)))).toBe(cipher);
    expect(hex(crypto.aesDecrypt(unhex(key), unhex(cipher)))).toBe(plain);
  });

  // NIST CAVP 14.1, KAS_ECC_CDH_PrimitiveTest, P-256, COUNT 0 and 1
  test.each([
    [
      '7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534',
      '700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac',
      '46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b',
    ],
    [
      '38f65d6dce47676044d58ce5139582d568f64bb16098d179dbab07741dd5caf5',
      '809f04289c64348c01515eb03d5ce7ac1a8cb9498f5caa50197e58d43a86a7aeb29d84e811197f25eba8f5194092cb6ff440e26d4421011372461f579271cda3',
      '057d636096cb80b67a8c038c890e887d1adfa4195e9b3ce241c8a778c59cda67',
    ],
  ])('ECDH with scalar %s', (scalar, point, shared) => {
    expect(crypto.isPoint(unhex(point))).toBe(true);
    expect(hex(crypto.agree(unhex(scalar), unhex(point)))).toBe(shared);
  });

  describe('RFC 6979 A.2.5', () => {
    const scalar = unhex('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721');
    const point = unhex(
      '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
    );

    test('public key', () => {
      expect(crypto.publicKey(scalar)).toEqual(point);
    });

    // With no additional data, 3.6 is 3.2.
    test.each([
      [
        'sample',
        'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
      ],
      [
        'test',
        'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083',
      ],
    ])('signature of %j', (message, signature) => {
      const digest = crypto.sha256(ascii(message));
      expect(hex(crypto.signDigest(scalar, digest, new Uint8Array()))).toBe(signature);
      expect(crypto.verifyDigest(point, digest, unhex(signature))).toBe(true);
      expect(hex(crypto.signDigest(scalar, digest, new Uint8Array(32)))).not.toBe(signature);
    });
  });

  // SP 800-186 3.2.1.3: G, whose scalar is 1, and -G, whose scalar is n - 1
  describe('the ends of the group', () => {
    const x = '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296';
    const y = '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5';
    const minusY = 'b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a';

    test.each([
      ['00'.repeat(32), undefined],
      [`${'00'.repeat(31)}01`, x + y],
      ['ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550', x + minusY],
      ['ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', undefined],
      ['ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552', undefined],
    ])('public key of %s', (scalar, point) => {
      expect(hex(crypto.publicKey(unhex(scalar)))).toBe(point);
    });

    test('X alone, a coordinate plus p, and zeros are no points', () => {
      expect(crypto.isPoint(unhex(x + x))).toBe(false);
      expect(crypto.isPoint(new Uint8Array(64))).toBe(false);
      // X = 5 is on the curve; 5 + p names the same field element and still fits 32 bytes.
      const yOfFive = '459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc';
      const five = `${'00'.repeat(31)}05`;
      const fiveAndP = 'ffffffff00000001000000000000000000000001000000000000000000000004';
      expect(crypto.isPoint(unhex(five + yOfFive))).toBe(true);
      expect(crypto.isPoint(unhex(fiveAndP + yOfFive))).toBe(false);
    });

    // With d = 1 and k = 2, r is the X of 2G. The digest r makes both halves of the sum the same point, -r opposite ones.
    const r = '7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978';
    const minusR = '830d84e672fcb08275adc7fcfb4ae53bfc5d90cb2f25834f4dae81c6b4fc8bd9';

    test('a digest whose point equals the key verifies', () => {
      // s = (z + r) / 2 = r
      expect(crypto.verifyDigest(unhex(x + y), unhex(r), unhex(r + r))).toBe(true);
    });

    test('a digest whose point is opposite to the key does not', () => {
      expect(crypto.verifyDigest(unhex(x + y), unhex(minusR), unhex(r + r))).toBe(false);
    });
  });
});

test('SHA-1 of "abc" (FIPS 180-4 examples)', () => {
  expect(hex(sha1(ascii('abc')))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
});

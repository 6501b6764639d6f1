import { describe, expect, it } from 'vitest';
import { ecdsaSignatureDer, openAes128Gcm, prf, sealAes128Gcm } from '../../../emulator/crypto/index.ts';
import { RecordProtection } from '../../../emulator/tls/record-protection.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array | undefined) => data && Buffer.from(data).toString('hex');

describe('PRF of TLS 1.2', () => {
  it('gives the P_SHA256 test vector of the IETF TLS working group', () => {
    const secret = bytes('9bbe436ba940f017b17652849a71db35');
    const seed = bytes('a0ba9f936cda311827a6f796ffd5198c');
    expect(hex(prf(secret, 'test label', [seed], 100))).toBe(
      'e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af' +
        '0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66',
    );
  });

  it('takes the seed in parts', () => {
    const secret = bytes('00');
    expect(prf(secret, 'x', [bytes('0102'), bytes('03')], 40)).toEqual(prf(secret, 'x', [bytes('010203')], 40));
  });
});

describe('AES-128-GCM', () => {
  // Test case 4 of McGrew and Viega, The Galois/Counter Mode of Operation, appendix B.
  const key = bytes('feffe9928665731c6d6a8f9467308308');
  const nonce = bytes('cafebabefacedbaddecaf888');
  const additional = bytes('feedfacedeadbeeffeedfacedeadbeefabaddad2');
  const plaintext = bytes(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  );
  const sealed =
    '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091' +
    '5bc94fbc3221a5db94fae95ae7121a47';

  it('seals and opens test case 4', () => {
    const out = new Uint8Array(76 + 2);
    sealAes128Gcm(key, nonce, additional, plaintext, out, 2);
    expect(hex(out.subarray(2))).toBe(sealed);
    expect(hex(openAes128Gcm(key, nonce, additional, bytes(sealed)))).toBe(hex(plaintext));
  });

  it('opens nothing when one bit is wrong or the tag has no room', () => {
    for (const offset of [0, 59, 60, 75]) {
      const tampered = bytes(sealed);
      tampered[offset] = (tampered[offset] ?? 0) ^ 0x80;
      expect(openAes128Gcm(key, nonce, additional, tampered)).toBeUndefined();
    }
    expect(openAes128Gcm(key, nonce, additional, bytes('00'.repeat(15)))).toBeUndefined();
  });

  it('protects records with salt, sequence number and RFC 5246 6.2.3.3 additional data', () => {
    const salt = bytes('cafebabe');
    const writer = new RecordProtection(key, salt);
    const bodies = [0, 1].map(() => {
      const body = new Uint8Array(24 + 5);
      writer.seal(23, bytes('48656c6c6f'), body, 0);
      return body;
    });
    expect(bodies.map((body) => hex(body.subarray(0, 8)))).toEqual(['0000000000000000', '0000000000000001']);
    const second = openAes128Gcm(
      key,
      bytes('cafebabe0000000000000001'),
      bytes('0000000000000001170303 0005'.replace(' ', '')),
      (bodies[1] as Uint8Array).subarray(8),
    );
    expect(hex(second)).toBe('48656c6c6f');
  });
});

describe('an ECDSA signature in DER', () => {
  it('strips leading zeros and keeps integers positive', () => {
    const signature = bytes(`${'00'.repeat(31)}7f${'80'}${'00'.repeat(31)}`);
    expect(hex(ecdsaSignatureDer(signature))).toBe(`3026 02017f 022100 80${'00'.repeat(31)}`.replaceAll(' ', ''));
    expect(hex(ecdsaSignatureDer(bytes(`${'00'.repeat(63)}01`)))).toBe('3006020100020101');
  });
});

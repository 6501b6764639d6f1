import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../../emulator/crypto/noble.ts';
import { Host, hex, keyConfigAt, makeChip, seedChip, slotConfigAt, toHex } from '../../support/atecc608.ts';

const AES = 0x51;
const NONCE = 0x16;
const ENCRYPT = 0x00;
const DECRYPT = 0x01;
const GFM = 0x03;
const TEMP_KEY = 0xffff;
const SLOT = 5; // an AES key in the original firmware's configuration

const block = new Uint8Array(16);

// FIPS 197 B and C.1; SP 800-38A F.1.1 and F.1.2
const FIPS_KEY = '000102030405060708090A0B0C0D0E0F';
const NIST_KEY = '2B7E151628AED2A6ABF7158809CF4F3C';
const KNOWN_ANSWERS = [
  [FIPS_KEY, '00112233445566778899AABBCCDDEEFF', '69C4E0D86A7B0430D8CDB78070B4C55A'],
  [NIST_KEY, '3243F6A8885A308D313198A2E0370734', '3925841D02DC09FBDC118597196A0B32'],
  [NIST_KEY, '6BC1BEE22E409F96E93D7E117393172A', '3AD77BB40D7A3660A89ECAF32466EF97'],
  [NIST_KEY, 'AE2D8A571E03AC9C9EB76FAC45AF8E51', 'F5D3D58503B9699DE785895A96FDBAAF'],
  [NIST_KEY, '30C81C46A35CE411E5FBC1191A0A52EF', '43B1CD7F598ECE23881B00E3ED030688'],
  [NIST_KEY, 'F69F2445DF4F9B17AD2B417BE66C3710', '7B0C785E27E8AD3F8223207104725DD4'],
] as const;

describe.each([nodeCrypto, nobleCrypto])('AES with $name', (crypto) => {
  test.each(KNOWN_ANSWERS)('known answer with key %s in a slot and in TempKey: %s', (key, plain, cipher) => {
    for (const keyBlock of [0, 1]) {
      const slotKey = new Uint8Array(32);
      slotKey.set(hex(key), 16 * keyBlock);
      const host = seedChip({ crypto, fill: (open) => open.fill(SLOT, slotKey) });
      const mode = keyBlock << 6;
      expect(toHex(host.command(AES, mode | ENCRYPT, SLOT, hex(plain)))).toBe(cipher);
      expect(toHex(host.command(AES, mode | DECRYPT, SLOT, hex(cipher)))).toBe(plain);
    }
    for (const keyBlock of [0, 1, 2, 3]) {
      const tempKey = new Uint8Array(64);
      tempKey.set(hex(key), 16 * keyBlock);
      for (const lock of ['none', 'config', 'both'] as const) {
        const host = seedChip({ crypto, lock });
        host.status(NONCE, 0x23, 0, tempKey);
        expect(toHex(host.command(AES, (keyBlock << 6) | ENCRYPT, TEMP_KEY, hex(plain)))).toBe(cipher);
        expect(toHex(host.command(AES, (keyBlock << 6) | DECRYPT, TEMP_KEY, hex(cipher)))).toBe(plain);
      }
    }
  });
});

describe('AES', () => {
  test('a part without AES and a slot of another type give a parse error', () => {
    const host = seedChip();
    for (const slot of [0, 4, 16]) expect(host.status(AES, ENCRYPT, slot, block)).toBe(0x03);
    host.chip.memory[13] = 0xfe;
    host.status(NONCE, 0x03, 0, new Uint8Array(32));
    expect(host.status(AES, ENCRYPT, SLOT, block)).toBe(0x03);
    expect(host.status(AES, ENCRYPT, TEMP_KEY, block)).toBe(0x03);
    expect(host.status(AES, GFM, TEMP_KEY, new Uint8Array(32))).toBe(0x03);
  });

  test('a private slot of type AES holds no AES key', () => {
    expect(seedChip({ changes: { [keyConfigAt(SLOT)]: 0x0019 } }).status(AES, ENCRYPT, SLOT, block)).toBe(0x03);
  });

  test('key blocks that are not there: of a slot a parse error, of TempKey an execution error', () => {
    const host = seedChip({ changes: { [keyConfigAt(9)]: 0x0018 } });
    host.status(NONCE, 0x03, 0, new Uint8Array(32));
    for (const mode of [0x80, 0xc0]) {
      expect(host.status(AES, mode, SLOT, block)).toBe(0x03);
      expect(host.command(AES, mode, 9, block)).toHaveLength(16);
      expect(host.status(AES, mode, TEMP_KEY, block)).toBe(0x0f);
    }
  });

  test('TempKey must be there, stays, and serves no private key', () => {
    const host = seedChip();
    expect(host.status(AES, ENCRYPT, TEMP_KEY, block)).toBe(0x0f);
    host.status(NONCE, 0x03, 0, new Uint8Array(32));
    host.command(AES, ENCRYPT, TEMP_KEY, block);
    expect(host.command(AES, ENCRYPT, TEMP_KEY, block)).toHaveLength(16);
    host.command(0x40, 0x04, TEMP_KEY);
    expect(host.status(AES, ENCRYPT, TEMP_KEY, block)).toBe(0x0f);
  });

  test('slots serve after the data lock, and while their uses last', () => {
    expect(seedChip({ lock: 'config' }).status(AES, ENCRYPT, SLOT, block)).toBe(0x0f);
    expect(new Host(makeChip()).status(AES, ENCRYPT, SLOT, block)).toBe(0x03);
    const host = seedChip({ changes: { [slotConfigAt(SLOT)]: 0x00e4 } });
    host.command(AES, ENCRYPT, SLOT, block);
    host.command(AES, DECRYPT, SLOT, block);
    expect(toHex(host.chip.memory.subarray(52, 60))).toBe('3FFFFFFF00000000');
    host.chip.memory.set(hex('00000001FFFFFFFF'), 52);
    expect(host.status(AES, ENCRYPT, SLOT, block)).toBe(0x0f);
  });

  test('knows no other modes or lengths', () => {
    const host = seedChip();
    for (const mode of [0x02, 0x04, 0x08, 0x10, 0x20, 0x47]) expect(host.status(AES, mode, SLOT, block)).toBe(0x03);
    expect(host.status(AES, ENCRYPT, SLOT, new Uint8Array(32))).toBe(0x03);
    expect(host.status(AES, GFM, 0, block)).toBe(0x03);
    expect(host.status(AES, ENCRYPT, SLOT, new Uint8Array(15))).toBe(0x03);
  });
});

describe('GFM', () => {
  // McGrew and Viega, The Galois/Counter Mode of Operation, appendix B, test cases 2 and 3: H, ciphertext, bit lengths, GHASH
  test.each([
    [
      '66E94BD4EF8A2C3B884CFA59CA342B2E',
      ['0388DACE60B6A392F328C2B971B2FE78', '00000000000000000000000000000080'],
      'F38CBB1AD69223DCC3457AE5B6B0F885',
    ],
    [
      'B83B533708BF535D0AA6E52980D53B78',
      [
        '42831EC2217774244B7221B784D0D49C',
        'E3AA212F2C02A4E035C17E2329ACA12E',
        '21D514B25466931C7D8F6A5AAC84AA05',
        '1BA30B396A0AAC973D58E091473F5985',
        '00000000000000000000000000000200',
      ],
      '7F1B32B81B820D02614F8895AC1D4EAC',
    ],
  ])('GHASH step by step with H = %s, in any lock state', (h, blocks, ghash) => {
    for (const lock of ['none', 'config', 'both'] as const) {
      const host = seedChip({ lock });
      let x: Uint8Array = new Uint8Array(16);
      for (const next of blocks) {
        const sum = hex(next).map((byte, index) => byte ^ (x[index] as number));
        x = host.command(AES, GFM, 0, Uint8Array.of(...hex(h), ...sum));
      }
      expect(toHex(x)).toBe(ghash);
    }
  });

  test('a host makes AES-GCM of the chip’s blocks and products', () => {
    const key = hex(NIST_KEY);
    const iv = hex('CAFEBABEFACEDBADDECAF888');
    const plain = hex('00112233445566778899AABBCCDDEEFF');
    const host = seedChip({ fill: (open) => open.fill(SLOT, key) });
    const encrypt = (bytes: Uint8Array) => host.command(AES, ENCRYPT, SLOT, bytes);
    const xor = (a: Uint8Array, b: Uint8Array) => a.map((byte, index) => byte ^ (b[index] as number));
    const h = encrypt(block);
    const multiply = (bytes: Uint8Array) => host.command(AES, GFM, TEMP_KEY, Uint8Array.of(...h, ...bytes));
    const cipher = xor(plain, encrypt(Uint8Array.of(...iv, 0, 0, 0, 2)));
    const lengths = Uint8Array.of(...new Uint8Array(15), 128);
    const tag = xor(multiply(xor(multiply(cipher), lengths)), encrypt(Uint8Array.of(...iv, 0, 0, 0, 1)));
    const reference = createCipheriv('aes-128-gcm', key, iv);
    expect(toHex(cipher)).toBe(toHex(reference.update(plain)));
    reference.final();
    expect(toHex(tag)).toBe(toHex(reference.getAuthTag()));
  });
});

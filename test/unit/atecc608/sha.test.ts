import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { nobleCrypto } from '../../../emulator/crypto/noble.ts';
import {
  type Changes,
  Host,
  hex,
  keyConfigAt,
  makeChip,
  type SeedChipOptions,
  seedChip,
  slotConfigAt,
  toHex,
} from '../../support/atecc608.ts';
import { verifies } from '../../support/atecc608-messages.ts';

const SHA = 0x47;
const NONCE = 0x16;
const INFO = 0x30;
const START = 0;
const UPDATE = 1;
const END = 2;
const OUTPUT_ONLY = 0xc2;
const HMAC = 4;
const READ = 6;
const WRITE = 7;
const TEMP_KEY = 0xffff;

const ascii = (text: string) => new TextEncoder().encode(text);
const padded = (key: Uint8Array) => Uint8Array.of(...key, ...new Uint8Array(32 - key.length));
const update = (host: Host, bytes: Uint8Array) => host.status(SHA, UPDATE, bytes.length, bytes);
const end = (host: Host, bytes: Uint8Array = new Uint8Array(0), mode = END) =>
  toHex(host.command(SHA, mode, bytes.length, bytes));
const sha256 = (...parts: Uint8Array[]) =>
  createHash('sha256').update(Buffer.concat(parts)).digest('hex').toUpperCase();
const ABC = 'BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD';

/** The digest of a message that goes in `step` bytes at a time, the rest with End. */
function hash(host: Host, message: Uint8Array, step: number): string {
  expect(host.status(SHA, START)).toBe(0);
  let at = 0;
  for (; at + step <= message.length; at += step) expect(update(host, message.subarray(at, at + step))).toBe(0);
  return end(host, message.subarray(at), OUTPUT_ONLY);
}

describe('SHA', () => {
  // FIPS 180-4 examples; NIST CAVP 11.0, SHA256ShortMsg (Len 8, 16, 24) and SHA256LongMsg (Len 1304)
  test.each([
    ['', 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'],
    ['616263', ABC],
    [
      toHex(ascii('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')),
      '248D6A61D20638B8E5C026930C3E6039A33CE45964FF2167F6ECEDD419DB06C1',
    ],
    ['D3', '28969CDFA74A12C82F3BAD960B0B000ACA2AC329DEEA5C2328EBC6F2BA9802C1'],
    ['11AF', '5CA7133FA735326081558AC312C620EECA9970D1E70A4B95533D956F072D1F98'],
    ['B4190E', 'DFF2E73091F6C05E528896C4C831B9448653DC2FF043528F6769437BC7B975C2'],
    [
      '451101250ec6f26652249d59dc974b7361d571a8101cdfd36aba3b5854d3ae086b5fdd4597721b66e3c0dc5d8c606d9657d0e323283a5217' +
        'd1f53f2f284f57b85c8a61ac8924711f895c5ed90ef17745ed2d728abd22a5f7a13479a462d71b56c19a74a40b655c58edfe0a188ad2cf46' +
        'cbf30524f65d423c837dd1ff2bf462ac4198007345bb44dbb7b1c861298cdf61982a833afc728fae1eda2f87aa2c9480858bec',
      '3C593AA539FDCDAE516CDF2F15000F6634185C88F505B39775FB9AB137A10AA2',
    ],
  ])('known answer %#, in any lock state and in updates of any length', (message, digest) => {
    for (const lock of ['none', 'config', 'both'] as const) {
      expect(hash(seedChip({ lock }), hex(message), 64)).toBe(digest);
    }
    for (const step of [1, 5, 63]) expect(hash(seedChip(), hex(message), step)).toBe(digest);
  });

  // NIST CAVP 11.1, SHA256Monte, COUNT 0
  test('a Monte Carlo round', () => {
    const host = seedChip();
    let [a, b, c] = Array.from({ length: 3 }, () =>
      hex('6D1E72AD03DDEB5DE891E572E2396F8DA015D899EF0E79503152D6010A3FE691'),
    ) as [Uint8Array, Uint8Array, Uint8Array];
    for (let index = 0; index < 1000; index++) {
      host.status(SHA, START);
      update(host, Uint8Array.of(...a, ...b));
      [a, b, c] = [b, c, host.command(SHA, END, 32, c)];
    }
    expect(toHex(c)).toBe('E93C330AE5447738C8AA85D71A6C80F2A58381D05872D26BDD39F1FCD4F2B788');
  });

  test('takes up to 144 bytes in an update and up to 64 with the end', () => {
    const host = seedChip();
    host.status(SHA, START);
    expect(update(host, new Uint8Array(144))).toBe(0);
    expect(update(host, new Uint8Array(0))).toBe(0);
    expect(host.status(SHA, END, 65, new Uint8Array(65))).toBe(0x03);
    expect(end(host, new Uint8Array(64))).toBe(sha256(new Uint8Array(208)));
  });

  test('the digest goes to TempKey as fixed input, to the Message Digest Buffer, or nowhere', () => {
    const host = seedChip({ fill: (open) => open.command(0x40, 0x04, 0) });
    host.status(SHA, START);
    end(host, ascii('abc'), OUTPUT_ONLY);
    expect(toHex(host.command(INFO, 2))).toBe('00000000');
    host.status(SHA, START);
    end(host, ascii('abc'), 0x42);
    expect(toHex(host.command(INFO, 2))).toBe('00000000');
    expect(verifies(host.command(0x40, 0x00, 0), ascii('abc'), host.command(0x41, 0xa0, 0))).toBe(true);
    host.status(SHA, START);
    expect(end(host, ascii('abc'))).toBe(ABC);
    expect(toHex(host.command(INFO, 2))).toBe('10800000');
    // TempKey's value shows in a calculated nonce.
    const nonce = sha256(hex(ABC), new Uint8Array(20), hex('16 00 00'));
    expect(toHex(host.command(NONCE, 0, 0x8000, new Uint8Array(20)))).toBe(nonce);
  });

  test('the context lives through idle, other commands and refusals, and not through sleep or its own end', () => {
    const host = seedChip();
    host.status(SHA, START);
    update(host, ascii('a'));
    host.command(0x1b);
    expect(host.status(SHA, UPDATE, 2, ascii('b'))).toBe(0x03);
    expect(host.status(SHA, 0x05, 0)).toBe(0x03);
    expect(host.status(SHA, HMAC, TEMP_KEY)).toBe(0x0f);
    expect(end(host, ascii('bc'))).toBe(ABC);
    expect(host.status(SHA, END, 0)).toBe(0x0f);
    host.status(SHA, START);
    host.sleep();
    for (const mode of [UPDATE, END, READ]) expect(host.status(SHA, mode, 0)).toBe(0x0f);
  });

  test('the context comes out with its numbers little-endian, and goes back', () => {
    const host = seedChip();
    host.status(SHA, START);
    update(host, ascii('abc'));
    const context = host.command(SHA, READ);
    expect(toHex(context)).toBe('0300000067E6096A85AE67BB72F36E3C3AF54FA57F520E518C68059BABD9831F19CDE05B616263');
    host.status(SHA, START);
    expect(host.status(SHA, WRITE, context.length, context)).toBe(0);
    expect(end(host)).toBe(ABC);
    // The longest and the shortest: 63 bytes wait, none waits.
    for (const length of [127, 128]) {
      const message = Uint8Array.from({ length }, (_, index) => index);
      host.status(SHA, START);
      update(host, message);
      const saved = host.command(SHA, READ);
      expect(saved).toHaveLength(36 + (length % 64));
      host.sleep();
      expect(host.status(SHA, WRITE, saved.length, saved)).toBe(0);
      expect(end(host, ascii('x'))).toBe(sha256(message, ascii('x')));
    }
  });

  // hashlib's introduction has the message and its digest, which a real part gave for the same three packets.
  test('quirk: an update that announces 64 bytes, the only length on the ATECC508A, may bring fewer', () => {
    const host = seedChip();
    host.status(SHA, START);
    expect(host.status(SHA, UPDATE, 64, ascii('Nobody inspects'))).toBe(0);
    expect(host.status(SHA, UPDATE, 64, ascii(' the spammish repetition'))).toBe(0);
    expect(end(host)).toBe('031EDD7D41651593C5FE5C006FA5752B37FDDFF7BC4E843AA6AF0C950F4B9406');
    host.status(SHA, START);
    expect(host.status(SHA, UPDATE, 63, ascii('abc'))).toBe(0x03);
    expect(host.status(SHA, UPDATE, 64, new Uint8Array(65))).toBe(0x03);
    expect(host.status(SHA, END, 64, ascii('abc'))).toBe(0x03);
    expect(end(host, ascii('abc'))).toBe(ABC);
  });

  test('a context of a wrong length is none', () => {
    const host = seedChip();
    for (const length of [0, 35, 37, 99]) {
      expect(host.status(SHA, WRITE, length, new Uint8Array(length))).toBe(0x03);
    }
    expect(host.status(SHA, WRITE, 36, new Uint8Array(36).fill(1, 0, 1))).toBe(0x03);
    expect(host.status(SHA, WRITE, 37, new Uint8Array(36))).toBe(0x03);
  });

  test('the length of the message stays within the 32 bits that the context has for it', () => {
    const host = seedChip();
    const context = new Uint8Array(99);
    context.set([0xff, 0xff, 0xff, 0xff]);
    expect(host.status(SHA, WRITE, 99, context)).toBe(0);
    expect(update(host, ascii('a'))).toBe(0x0f);
    expect(host.command(SHA, END, 0)).toHaveLength(32);
  });

  test('knows no other modes, targets or parameters', () => {
    const host = seedChip();
    host.status(SHA, START);
    for (const mode of [0x05, 0x08, 0x10, 0x20, 0x40, 0x41, 0x44, 0x82, 0xc6, 0xc7]) {
      expect(host.status(SHA, mode, 0)).toBe(0x03);
    }
    expect(host.status(SHA, START, 1)).toBe(0x03);
    expect(host.status(SHA, START, 0, ascii('a'))).toBe(0x03);
    expect(host.status(SHA, READ, 1)).toBe(0x03);
    expect(host.status(SHA, UPDATE, 0, ascii('a'))).toBe(0x03);
    for (const keyId of [16, 0x100]) {
      expect(host.status(SHA, HMAC, keyId)).toBe(0x03);
      expect(host.status(SHA, 0x03, keyId)).toBe(0x03);
    }
  });

  test('adds the public key of a slot that anyone may read', () => {
    const stored = Uint8Array.from({ length: 72 }, (_, index) => index);
    const changes: Changes = { [keyConfigAt(11)]: 0x0030 };
    const fill = (open: Host) => open.fill(11, stored);
    const host = seedChip({ changes, fill });
    host.status(SHA, START);
    expect(host.status(SHA, 0x03, 11)).toBe(0);
    expect(end(host)).toBe(sha256(stored.subarray(4, 36), stored.subarray(40, 72)));
    expect(host.status(SHA, 0x03, 11)).toBe(0x0f);
    const refused = (options: SeedChipOptions, slot: number) => {
      const other = seedChip({ changes, fill, ...options });
      other.status(SHA, START);
      return other.status(SHA, 0x03, slot);
    };
    expect(refused({ lock: 'config' }, 11)).toBe(0x0f);
    expect(refused({ changes: { ...changes, [slotConfigAt(11)]: 0x0f8f } }, 11)).toBe(0x0f);
    // A private key, data, and a slot that is too short.
    for (const slot of [0, 10, 6]) expect(refused({}, slot)).toBe(0x0f);
  });
});

describe('HMAC', () => {
  const slot = 4;
  const keyed = (key: Uint8Array, options: SeedChipOptions = {}) =>
    seedChip({ ...options, fill: (open) => open.fill(slot, padded(key)) });

  // RFC 4231 4.2 to 4.5; 00 behind a key changes nothing
  test.each([
    ['0B'.repeat(20), toHex(ascii('Hi There')), 'B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7'],
    [
      toHex(ascii('Jefe')),
      toHex(ascii('what do ya want for nothing?')),
      '5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843',
    ],
    ['AA'.repeat(20), 'DD'.repeat(50), '773EA91E36800E46854DB8EBD09181A72959098B3EF8C122D9635514CED565FE'],
    [
      '0102030405060708090A0B0C0D0E0F10111213141516171819',
      'CD'.repeat(50),
      '82558A389A443C0EA4CC819899F2083A85F0FAA3E578F8077A2E3FF46729665B',
    ],
  ])('known answer with key %s, in a slot and in TempKey', (key, message, mac) => {
    for (const crypto of [undefined, nobleCrypto]) {
      const host = keyed(hex(key), crypto && { crypto });
      expect(host.status(SHA, HMAC, slot)).toBe(0);
      expect(update(host, hex(message).subarray(0, 4))).toBe(0);
      expect(end(host, hex(message).subarray(4))).toBe(mac);
      host.status(NONCE, 0x03, 0, padded(hex(key)));
      expect(host.status(SHA, HMAC, TEMP_KEY)).toBe(0);
      // What happens to TempKey afterwards does not matter.
      host.status(NONCE, 0x03, 0, new Uint8Array(32));
      expect(end(host, hex(message))).toBe(mac);
    }
  });

  test('needs more than one block where the message does', () => {
    const key = new Uint8Array(32).fill(7);
    const host = keyed(key);
    host.status(SHA, HMAC, slot);
    for (let index = 0; index < 5; index++) update(host, new Uint8Array(100));
    expect(end(host)).toBe(createHmac('sha256', key).update(new Uint8Array(500)).digest('hex').toUpperCase());
  });

  test('its context does not come out', () => {
    const host = keyed(new Uint8Array(32));
    host.status(SHA, HMAC, slot);
    expect(host.status(SHA, READ)).toBe(0x0f);
    expect(end(host)).toHaveLength(64);
  });

  test('takes no private key, no NoMac slot, no key before the data lock, and no empty TempKey', () => {
    const host = seedChip();
    expect(host.status(SHA, HMAC, 0)).toBe(0x0f);
    expect(host.status(SHA, HMAC, 6)).toBe(0x0f);
    expect(host.status(SHA, HMAC, TEMP_KEY)).toBe(0x0f);
    host.command(0x40, 0x04, TEMP_KEY);
    expect(host.status(SHA, HMAC, TEMP_KEY)).toBe(0x0f);
    expect(seedChip({ lock: 'config' }).status(SHA, HMAC, slot)).toBe(0x0f);
    expect(new Host(makeChip()).status(SHA, HMAC, slot)).toBe(0x0f);
  });

  test('its start is the key’s one use', () => {
    const host = keyed(new Uint8Array(32), { changes: { [slotConfigAt(slot)]: 0x0faf } });
    host.status(SHA, HMAC, slot);
    update(host, ascii('abc'));
    end(host);
    expect(toHex(host.chip.memory.subarray(52, 60))).toBe('7FFFFFFF00000000');
    // 2097150 of at most 2097151 uses.
    host.chip.memory.set(hex('00000003FFFFFFFF'), 52);
    expect(host.status(SHA, HMAC, slot)).toBe(0);
    expect(host.status(SHA, HMAC, slot)).toBe(0x0f);
    expect(toHex(host.chip.memory.subarray(52, 60))).toBe('00000001FFFFFFFF');
  });
});

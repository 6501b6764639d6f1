import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../../emulator/crypto/noble.ts';
import { Host, hex, keyConfigAt, makeChip, seedChip, slotConfigAt, toHex } from '../../support/atecc608.ts';

const KDF = 0x56;
const NONCE = 0x16;
const INFO = 0x30;
const TEMP_KEY = 0xffff;

const SOURCE = { tempKey: 0, upper: 1, slot: 2, alternate: 3 } as const;
const TARGET = { tempKey: 0, upper: 1, slot: 2, alternate: 3, output: 4, encrypted: 5 } as const;
const ALGORITHM = { prf: 0, aes: 1, hkdf: 2 } as const;
const mode = (
  algorithm: keyof typeof ALGORITHM,
  source: keyof typeof SOURCE = 'tempKey',
  target: keyof typeof TARGET = 'output',
) => (ALGORITHM[algorithm] << 5) | (TARGET[target] << 2) | SOURCE[source];

/** Details and message as they go into the packet. */
function data(details: number, message: Uint8Array, length = message.length): Uint8Array {
  return Uint8Array.of(details & 0xff, (details >> 8) & 0xff, (details >> 16) & 0xff, length, ...message);
}

const CHIP_OPTIONS = 90;
const KEY = Uint8Array.from({ length: 64 }, (_, index) => 0x80 + index);
const MESSAGE = new TextEncoder().encode('a message');
const hmac = (key: Uint8Array, ...parts: Uint8Array[]) =>
  new Uint8Array(createHmac('sha256', key).update(Buffer.concat(parts)).digest());
const tempKey = (host: Host, value: Uint8Array) => host.status(NONCE, value.length === 64 ? 0x23 : 0x03, 0, value);
/** What TempKey's first 32 bytes are shows in an HMAC with them. */
const shownBy = (host: Host) => toHex(host.command(KDF, mode('hkdf', 'tempKey'), 0, data(0x02, MESSAGE)));
const upperShownBy = (host: Host) => toHex(host.command(KDF, mode('hkdf', 'upper'), 0, data(0x02, MESSAGE)));

describe.each([nodeCrypto, nobleCrypto])('KDF with $name', (crypto) => {
  // The P_SHA256 vector of the IETF TLS list, "test label" in front of the seed; its first 64 bytes
  const secret = hex('9BBE436BA940F017B17652849A71DB35');
  const seed = Uint8Array.of(...new TextEncoder().encode('test label'), ...hex('A0BA9F936CDA311827A6F796FFD5198C'));
  const output =
    'E3F229BA727BE17B8D122620557CD453C2AAB21D07C3D495329B52D4E61EDB5A' +
    '6B301791E90D35C9C9A46B4E14BAF9AF0FA022F7077DEF17ABFD3797C0564BAB';

  test('PRF: the known answer of TLS 1.2, from TempKey and from a slot', () => {
    const host = seedChip({ crypto, fill: (open) => open.fill(4, secret) });
    tempKey(host, Uint8Array.of(...secret, ...new Uint8Array(16)));
    for (const source of ['tempKey', 'slot'] as const) {
      expect(toHex(host.command(KDF, mode('prf', source), 0x0004, data(0x100, seed)))).toBe(output);
      expect(toHex(host.command(KDF, mode('prf', source), 0x0004, data(0x000, seed)))).toBe(output.slice(0, 64));
    }
  });

  // FIPS 197 C.1
  test('AES: the known answer, and 16 bytes of 00', () => {
    const key = new Uint8Array(64);
    key.set(hex('000102030405060708090A0B0C0D0E0F'), 48);
    const host = seedChip({ crypto });
    tempKey(host, key);
    const message = hex('00112233445566778899AABBCCDDEEFF');
    for (const length of [0, 16]) {
      expect(toHex(host.command(KDF, mode('aes'), 0, data(0x03, message, length)))).toBe(
        `69C4E0D86A7B0430D8CDB78070B4C55A${'00'.repeat(16)}`,
      );
    }
  });

  // RFC 5869 A.1; its salt of 13 bytes is the same key with 00 behind it
  test('HKDF: extraction and expansion of RFC 5869 case 1', () => {
    const host = seedChip({ crypto });
    const salt = hex('000102030405060708090A0B0C');
    const info = hex('F0F1F2F3F4F5F6F7F8F9');
    tempKey(host, Uint8Array.of(...salt, ...new Uint8Array(19)));
    const extract = mode('hkdf', 'tempKey', 'tempKey');
    expect(host.status(KDF, extract, 0, data(0x02, new Uint8Array(22).fill(0x0b)))).toBe(0);
    const expand = (...message: Uint8Array[]) =>
      host.command(KDF, mode('hkdf'), 0, data(0x02, new Uint8Array(Buffer.concat(message))));
    const first = expand(info, Uint8Array.of(1));
    const second = expand(first, info, Uint8Array.of(2));
    expect(toHex(first) + toHex(second.subarray(0, 10))).toBe(
      '3CB25F25FAACD57A90434F64D0362F2A2D2D0A90CF1A5A4C5DB02D56ECC4C5BF34007208D5B887185865',
    );
  });

  // RFC 5869 A.3: no salt, which is a key of 00
  test('HKDF: extraction with the zero key, from a slot, from TempKey and from the packet', () => {
    const ikm = new Uint8Array(22).fill(0x0b);
    const prk = '19EF24A32C717B167F33A91D6F648BDF96596776AFDB6377AC434C1C293CCB04';
    const host = seedChip({ crypto, fill: (open) => open.fill(4, ikm) });
    expect(toHex(host.command(KDF, mode('hkdf'), 0, data(0x06, ikm)))).toBe(prk);
    expect(toHex(host.command(KDF, mode('hkdf'), 0x0004, data(0x04, new Uint8Array(0), 22)))).toBe(prk);
    tempKey(host, Uint8Array.of(...ikm, ...new Uint8Array(10)));
    expect(toHex(host.command(KDF, mode('hkdf'), 0, data(0x05, new Uint8Array(0), 22)))).toBe(prk);
  });
});

describe('KDF sources', () => {
  test('TempKey, its upper half, a slot and the Alternate Key Buffer, and TempKey stays', () => {
    const host = seedChip({ fill: (open) => open.fill(9, KEY) });
    tempKey(host, KEY);
    host.status(NONCE, 0x83, 0, KEY.subarray(7, 39));
    const result = (source: keyof typeof SOURCE) =>
      host.command(KDF, mode('hkdf', source), 0x0009, data(0x02, MESSAGE));
    expect(result('tempKey')).toEqual(hmac(KEY.subarray(0, 32), MESSAGE));
    expect(result('upper')).toEqual(hmac(KEY.subarray(32), MESSAGE));
    expect(result('slot')).toEqual(hmac(KEY.subarray(0, 32), MESSAGE));
    expect(result('alternate')).toEqual(hmac(KEY.subarray(7, 39), MESSAGE));
    expect(toHex(host.command(INFO, 2))).toBe('10800000');
  });

  test('PRF keys of 16, 32, 48 and 64 bytes, where the source has as many', () => {
    const host = seedChip({ fill: (open) => open.fill(9, KEY) });
    [16, 32, 48, 64].forEach((size, details) => {
      const key = KEY.subarray(0, size);
      const expected = hmac(key, hmac(key, MESSAGE), MESSAGE);
      const prf = (source: keyof typeof SOURCE, slot = 9) =>
        host.command(KDF, mode('prf', source), slot, data(details, MESSAGE));
      const refused = Uint8Array.of(0x0f);
      tempKey(host, KEY);
      expect(prf('tempKey')).toEqual(expected);
      expect(prf('slot')).toEqual(expected);
      expect(prf('slot', 4).length).toBe(size > 36 ? 1 : 32);
      expect(prf('upper').length).toBe(size > 32 ? 1 : 32);
      tempKey(host, KEY.subarray(0, 32));
      expect(prf('tempKey')).toEqual(size > 32 ? refused : expected);
      expect(prf('upper')).toEqual(refused);
      host.status(NONCE, 0x83, 0, KEY.subarray(0, 32));
      expect(prf('alternate')).toEqual(size > 32 ? refused : expected);
    });
  });

  test('sources that are empty, private, NoMac or not yet locked are refused', () => {
    const host = seedChip();
    const hkdf = (source: keyof typeof SOURCE, slot = 0) =>
      host.status(KDF, mode('hkdf', source), slot, data(0x02, MESSAGE));
    for (const source of ['tempKey', 'upper', 'alternate'] as const) expect(hkdf(source)).toBe(0x0f);
    for (const slot of [0, 6]) expect(hkdf('slot', slot)).toBe(0x0f);
    host.command(0x40, 0x04, TEMP_KEY);
    expect(hkdf('tempKey')).toBe(0x0f);
    expect(host.status(KDF, mode('hkdf', 'slot'), 4, data(0x01, new Uint8Array(0), 32))).toBe(0x0f);
    for (const slot of [0, 6]) {
      expect(host.status(KDF, mode('hkdf'), slot, data(0x04, new Uint8Array(0), 32))).toBe(0x0f);
    }
    for (const open of [new Host(makeChip()), seedChip({ lock: 'config' })]) {
      tempKey(open, KEY);
      expect(open.status(KDF, mode('hkdf'), 0, data(0x02, MESSAGE))).toBe(0x0f);
    }
  });

  test('a slot counts one use, of key or message or both', () => {
    const host = seedChip({ changes: { [slotConfigAt(4)]: 0x0faf } });
    host.command(KDF, mode('hkdf', 'slot'), 4, data(0x02, MESSAGE));
    expect(toHex(host.command(0x24, 0, 0))).toBe('01000000');
    host.command(KDF, mode('hkdf'), 4, data(0x04, new Uint8Array(0), 32));
    expect(toHex(host.command(0x24, 0, 0))).toBe('02000000');
    host.command(KDF, mode('hkdf', 'slot'), 4, data(0x00, new Uint8Array(0), 32));
    expect(toHex(host.command(0x24, 0, 0))).toBe('03000000');
    host.chip.memory.set(hex('00000001FFFFFFFF'), 52);
    expect(host.status(KDF, mode('hkdf', 'slot'), 4, data(0x02, MESSAGE))).toBe(0x0f);
  });

  test('the key of zeros is no use of the slot that stands as the source', () => {
    const host = seedChip({ changes: { [slotConfigAt(4)]: 0x0faf } });
    host.chip.memory.set(hex('00000001FFFFFFFF'), 52);
    const counters = toHex(host.chip.memory.subarray(52, 60));
    const digest = toHex(hmac(new Uint8Array(32), MESSAGE));
    for (const slot of [4, 0xff]) {
      expect(toHex(host.command(KDF, mode('hkdf', 'slot'), slot, data(0x06, MESSAGE)))).toBe(digest);
    }
    expect(toHex(host.chip.memory.subarray(52, 60))).toBe(counters);
  });

  test('HKDF messages are as long as their source at most', () => {
    const host = seedChip();
    tempKey(host, KEY.subarray(0, 32));
    const length = (location: number, size: number) =>
      host.command(KDF, mode('hkdf'), 4, data(location | 0x04, new Uint8Array(0), size)).length;
    expect([length(0, 36), length(0, 37), length(1, 32), length(1, 33)]).toEqual([32, 1, 32, 1]);
  });
});

describe('KDF targets', () => {
  test('TempKey, 32 and 64 bytes, as fixed input', () => {
    const host = seedChip();
    const a1 = hmac(KEY, MESSAGE);
    const halves = [hmac(KEY, a1, MESSAGE), hmac(KEY, hmac(KEY, a1), MESSAGE)] as const;
    tempKey(host, KEY);
    expect(host.status(KDF, mode('prf', 'tempKey', 'tempKey'), 0, data(0x103, MESSAGE))).toBe(0);
    expect(toHex(host.command(INFO, 2))).toBe('10800000');
    expect([shownBy(host), upperShownBy(host)]).toEqual(halves.map((half) => toHex(hmac(half, MESSAGE))));
    tempKey(host, KEY);
    expect(host.status(KDF, mode('prf', 'tempKey', 'tempKey'), 0, data(0x003, MESSAGE))).toBe(0);
    expect(shownBy(host)).toBe(toHex(hmac(halves[0], MESSAGE)));
    expect(host.status(KDF, mode('hkdf', 'upper'), 0, data(0x02, MESSAGE))).toBe(0x0f);
  });

  test('TempKey’s upper half, where there is a lower one', () => {
    const host = seedChip({ fill: (open) => open.fill(9, KEY) });
    const toUpper = mode('hkdf', 'slot', 'upper');
    expect(host.status(KDF, toUpper, 9, data(0x02, MESSAGE))).toBe(0x0f);
    host.command(NONCE, 0, 0, new Uint8Array(20));
    const lower = shownBy(host);
    expect(host.status(KDF, toUpper, 9, data(0x02, MESSAGE))).toBe(0);
    expect(shownBy(host)).toBe(lower);
    expect(upperShownBy(host)).toBe(toHex(hmac(hmac(KEY.subarray(0, 32), MESSAGE), MESSAGE)));
    expect(toHex(host.command(INFO, 2))).toBe('10800000');
    host.command(0x40, 0x04, TEMP_KEY);
    expect(host.status(KDF, toUpper, 9, data(0x02, MESSAGE))).toBe(0x0f);
  });

  test('TempKey’s upper half, which NoMac forbids too where it forbids the lower one', () => {
    const host = seedChip({ fill: (open) => open.fill(9, KEY) });
    tempKey(host, KEY.subarray(0, 32));
    // GenDig of slot 6, which has NoMac.
    expect(host.status(0x15, 2, 6, hex('15020600'))).toBe(0);
    expect(host.status(KDF, mode('hkdf', 'slot', 'upper'), 9, data(0x02, MESSAGE))).toBe(0);
    expect(toHex(host.command(INFO, 2))).toBe('90800000');
    for (const source of ['tempKey', 'upper'] as const) {
      expect(host.status(KDF, mode('hkdf', source), 0, data(0x02, MESSAGE))).toBe(0x0f);
    }
  });

  test('a slot that takes secrets, and that is long enough', () => {
    const host = seedChip({ changes: { [keyConfigAt(4)]: 0x003c, [keyConfigAt(10)]: 0x003c } });
    tempKey(host, KEY);
    const to = (slot: number, details = 0x003) =>
      host.status(KDF, mode('prf', 'tempKey', 'slot'), slot << 8, data(details, MESSAGE));
    expect(to(4)).toBe(0);
    const a1 = hmac(KEY, MESSAGE);
    expect(host.chip.memory.slice(192 + 4 * 36, 192 + 4 * 36 + 32)).toEqual(hmac(KEY, a1, MESSAGE));
    expect(to(10, 0x103)).toBe(0);
    expect(to(4, 0x103)).toBe(0x0f);
    // A private key, and a slot that is locked.
    expect(to(0)).toBe(0x0f);
    host.status(0x17, 0x02 | (4 << 2));
    expect(to(4)).toBe(0x0f);
    expect(to(16)).toBe(0x03);
  });

  test('a slot that waits for the persistent latch may be written', () => {
    const host = seedChip({ changes: { [keyConfigAt(5)]: 0x1018 } });
    tempKey(host, KEY);
    expect(host.status(KDF, mode('hkdf', 'tempKey', 'slot'), 0x0500, data(0x02, MESSAGE))).toBe(0);
    expect(host.status(KDF, mode('hkdf', 'slot'), 0x0005, data(0x02, MESSAGE))).toBe(0x0f);
  });

  test('the Alternate Key Buffer', () => {
    const host = seedChip();
    tempKey(host, KEY);
    expect(host.status(KDF, mode('hkdf', 'tempKey', 'alternate'), 0, data(0x02, MESSAGE))).toBe(0);
    expect(host.command(KDF, mode('hkdf', 'alternate'), 0, data(0x02, MESSAGE))).toEqual(
      hmac(hmac(KEY.subarray(0, 32), MESSAGE), MESSAGE),
    );
  });

  test('AEAD keys: the first half stays inside and the second goes out', () => {
    const host = seedChip();
    tempKey(host, KEY);
    const a1 = hmac(KEY, MESSAGE);
    const second = hmac(KEY, hmac(KEY, a1), MESSAGE);
    expect(host.command(KDF, mode('prf', 'tempKey', 'alternate'), 0, data(0x303, MESSAGE))).toEqual(second);
    expect(host.command(KDF, mode('prf', 'tempKey', 'tempKey'), 0, data(0x303, MESSAGE))).toEqual(second);
    expect(shownBy(host)).toBe(toHex(hmac(hmac(KEY, a1, MESSAGE), MESSAGE)));
  });

  test('encrypted output: each half XOR SHA-256(IO key || half a nonce), then the nonce', () => {
    const ioKey = new Uint8Array(32).fill(0x1c);
    const host = seedChip({ fill: (open) => open.fill(4, ioKey) });
    tempKey(host, KEY);
    const clear = host.command(KDF, mode('prf'), 0, data(0x103, MESSAGE));
    const reply = host.command(KDF, mode('prf', 'tempKey', 'encrypted'), 0, data(0x103, MESSAGE));
    expect(reply).toHaveLength(96);
    const pads = [64, 80].map((at) =>
      createHash('sha256')
        .update(ioKey)
        .update(reply.subarray(at, at + 16))
        .digest(),
    );
    const pad = Buffer.concat(pads);
    expect(reply.subarray(0, 64).map((byte, index) => byte ^ (pad[index] as number))).toEqual(clear);
    expect(host.command(KDF, mode('hkdf', 'tempKey', 'encrypted'), 0, data(0x02, MESSAGE))).toHaveLength(64);
  });

  test('ChipOptions say what may go out', () => {
    const answers = (chipOptions: number) => {
      const host = seedChip({ changes: { [CHIP_OPTIONS]: chipOptions } });
      tempKey(host, KEY);
      const length = (target: keyof typeof TARGET, details = 0x03) =>
        host.command(KDF, mode('prf', 'tempKey', target), 0x0400, data(details, MESSAGE)).length;
      return [length('output'), length('encrypted'), length('alternate', 0x303), length('slot')].join();
    };
    expect(answers(0x4006)).toBe('32,64,32,1');
    expect(answers(0x4406)).toBe('1,64,1,1');
    expect(answers(0x4806)).toBe('1,1,1,1');
    expect(answers(0x4c06)).toBe('1,1,1,1');
    // Without an IO protection key, or with a private one.
    expect(answers(0x4004)).toBe('32,1,32,1');
    expect(answers(0x0006)).toBe('32,1,32,1');
    const refusesAll = seedChip({ changes: { [CHIP_OPTIONS]: 0x4c06 } });
    tempKey(refusesAll, KEY);
    expect(refusesAll.status(KDF, mode('prf', 'tempKey', 'tempKey'), 0, data(0, MESSAGE))).toBe(0x0f);
    const keepsInside = seedChip({ changes: { [CHIP_OPTIONS]: 0x4806 } });
    tempKey(keepsInside, KEY);
    expect(keepsInside.status(KDF, mode('prf', 'tempKey', 'tempKey'), 0, data(0, MESSAGE))).toBe(0);
  });
});

describe('KDF details', () => {
  test('HKDF asks the two bytes of KdfIvStr at KdfIvLoc of a message in mode 3', () => {
    const host = seedChip({ changes: { 72: 0x6902, 74: 0x0076 } });
    tempKey(host, KEY);
    const length = (text: string) =>
      host.command(KDF, mode('hkdf'), 0, data(0x03, new TextEncoder().encode(text))).length;
    expect(length('12iv')).toBe(32);
    expect(length('12iv and more')).toBe(32);
    for (const text of ['1iv2', '12vi', '12i', '12', '']) expect(length(text)).toBe(1);
    expect(host.status(KDF, mode('hkdf'), 0, data(0x03, new TextEncoder().encode('12vi')))).toBe(0x0f);
  });

  test('AES asks AES_Enable of the part and KDF-AES of the configuration', () => {
    const block = new Uint8Array(16);
    const key = KEY.subarray(16, 32);
    const host = seedChip();
    tempKey(host, KEY.subarray(0, 32));
    expect(host.command(KDF, mode('aes'), 0, data(0x01, block)).subarray(0, 16)).toEqual(
      new Uint8Array(createCipheriv('aes-128-ecb', key, null).update(block)),
    );
    expect(host.status(KDF, mode('aes'), 0, data(0x02, block))).toBe(0x0f);
    host.chip.memory[13] = 0;
    expect(host.status(KDF, mode('aes'), 0, data(0x01, block))).toBe(0x03);
    const forbidden = seedChip({ changes: { [CHIP_OPTIONS]: 0x4002 } });
    tempKey(forbidden, KEY);
    expect(forbidden.status(KDF, mode('aes'), 0, data(0x01, block))).toBe(0x0f);
  });

  test('parameters that make no sense give a parse error', () => {
    const host = seedChip();
    tempKey(host, KEY);
    const status = (param1: number, param2: number, bytes: Uint8Array) => host.status(KDF, param1, param2, bytes);
    // Modes: targets 6 and 7, algorithm 3, bit 7.
    for (const param1 of [0x18, 0x1c, 0x70, 0x90]) expect(status(param1, 0, data(0, MESSAGE))).toBe(0x03);
    // PRF: reserved bits, AEAD 2 and 3 or with 32 bytes or with both halves out, a wrong length.
    for (const details of [0x04, 0x80, 0x800, 0x10000, 0x500, 0x700, 0x200, 0x300]) {
      expect(status(mode('prf'), 0, data(details, MESSAGE))).toBe(0x03);
    }
    expect(status(mode('prf'), 0, data(0, MESSAGE, 8))).toBe(0x03);
    // 64 bytes do not fit the upper half or the Alternate Key Buffer.
    for (const target of ['upper', 'alternate'] as const) {
      expect(status(mode('prf', 'tempKey', target), 0, data(0x100, MESSAGE))).toBe(0x03);
    }
    for (const details of [0x04, 0x100]) expect(status(mode('aes'), 0, data(details, KEY.subarray(0, 16)))).toBe(0x03);
    expect(status(mode('aes'), 0, data(0, KEY.subarray(0, 16), 15))).toBe(0x03);
    expect(status(mode('aes'), 0, data(0, MESSAGE))).toBe(0x03);
    for (const details of [0x08, 0x100]) expect(status(mode('hkdf'), 0, data(details | 2, MESSAGE))).toBe(0x03);
    expect(status(mode('hkdf'), 0, data(0x02, MESSAGE, 8))).toBe(0x03);
    expect(status(mode('hkdf'), 0, data(0x01, MESSAGE))).toBe(0x03);
    for (const slot of [0x10, 0x80]) expect(status(mode('prf', 'slot'), slot, data(0, MESSAGE))).toBe(0x03);
    expect(status(mode('hkdf'), 0x10, data(0x04, new Uint8Array(0), 1))).toBe(0x03);
    expect(status(mode('prf'), 0, new Uint8Array(3))).toBe(0x03);
    expect(host.command(KDF, mode('prf'), 0, data(0, new Uint8Array(128)))).toHaveLength(32);
    expect(status(mode('prf'), 0, data(0, new Uint8Array(129)))).toBe(0x03);
  });
});

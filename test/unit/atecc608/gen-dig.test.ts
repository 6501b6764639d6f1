import { describe, expect, test } from 'vitest';
import { Host, hex, keyConfigAt, makeChip, seedChip, slotConfigAt, toHex } from '../../support/atecc608.ts';
import {
  digestKey,
  filled,
  hasTempKey,
  joined,
  loadTempKey,
  randomTempKey,
  SERIAL,
  sha256,
  takesTempKey,
  zeros,
} from '../../support/atecc608-messages.ts';

const GEN_DIG = 0x15;
const KEY = filled(0x4b, 64);
const SEED = filled(0x6b);
const OTHER_DATA = hex('A0A1A2A3');

const chip = (changes = {}, lock: 'config' | 'both' = 'both') =>
  seedChip({
    changes,
    lock,
    fill: (host) => {
      for (const slot of [4, 6, 9]) host.fill(slot, KEY.subarray(0, 32));
      host.status(0x12, 0x81, 0x08, filled(0x07));
    },
  });
const flags = (host: Host) => toHex(host.command(0x30, 2));

describe('GenDig: TempKey = SHA-256(source || 15 || zone || key id || SN[8] || SN[0:1] || … || TempKey)', () => {
  test('of a block of the configuration', () => {
    const host = chip();
    for (const block of [0, 3]) {
      loadTempKey(host, SEED);
      expect(host.status(GEN_DIG, 0, block)).toBe(0);
      expect(flags(host)).toBe('10800000');
      const config = host.command(0x02, 0x80, block << 3);
      expect(takesTempKey(host, sha256(config, Uint8Array.of(0x15, 0, block, 0), SERIAL, zeros(25), SEED))).toBe(true);
    }
  });

  test('of a block of OTP', () => {
    const host = chip();
    loadTempKey(host, SEED);
    expect(host.status(GEN_DIG, 1, 1)).toBe(0);
    expect(takesTempKey(host, sha256(filled(0x07), hex('15 01 0100'), SERIAL, zeros(25), SEED))).toBe(true);
  });

  test('of a slot: KeyID, GenDigData, and SourceFlag as it was', () => {
    const host = chip();
    for (const otherData of [new Uint8Array(0), OTHER_DATA]) {
      const tempKey = randomTempKey(host);
      expect(host.status(GEN_DIG, 2, 9, otherData)).toBe(0);
      expect(flags(host)).toBe('29800000');
      const expected = sha256(KEY.subarray(0, 32), hex('15 02 0900'), SERIAL, zeros(25), tempKey);
      expect(takesTempKey(host, expected)).toBe(true);
    }
    loadTempKey(host, SEED);
    expect(host.status(GEN_DIG, 2, 9)).toBe(0);
    expect(flags(host)).toBe('39800000');
  });

  test('of a slot with NoMac: OtherData stands where opcode, zone and key id would', () => {
    const host = chip();
    loadTempKey(host, SEED);
    expect(host.status(GEN_DIG, 2, 6)).toBe(0x03);
    expect(host.status(GEN_DIG, 2, 6, OTHER_DATA)).toBe(0);
    expect(flags(host)).toBe('B6800000');
    const expected = sha256(KEY.subarray(0, 32), OTHER_DATA, SERIAL, zeros(25), SEED);
    expect(takesTempKey(host, expected)).toBe(true);
  });

  test('NoMacFlag stays through another GenDig and a digest of GenKey', () => {
    const host = chip();
    loadTempKey(host, SEED);
    expect(host.status(GEN_DIG, 2, 6, OTHER_DATA)).toBe(0);
    expect(host.status(GEN_DIG, 2, 9)).toBe(0);
    expect(flags(host)).toBe('B9800000');
    expect(host.status(0x47, 0x04, 0xffff)).toBe(0x0f); // HMAC under TempKey
    expect(host.command(0x40, 0x0c, 2)).toHaveLength(64);
    expect(flags(host)).toBe('D2800000');
    expect(host.status(0x47, 0x04, 0xffff)).toBe(0x0f);
  });

  test('of a shared nonce, the host first or TempKey first', () => {
    const host = chip();
    const nonce = filled(0x9c);
    loadTempKey(host, SEED);
    expect(host.status(GEN_DIG, 3, 0x0012, nonce)).toBe(0);
    expect(takesTempKey(host, sha256(nonce, hex('15 03 1200'), SERIAL, zeros(25), SEED))).toBe(true);
    loadTempKey(host, SEED);
    expect(host.status(GEN_DIG, 3, 0x8012, nonce)).toBe(0);
    expect(takesTempKey(host, sha256(SEED, hex('15 03 1200'), SERIAL, zeros(25), nonce))).toBe(true);
  });

  test('of a counter', () => {
    // linA, linB, binA, binB of 17, big-endian: 16 of linA and one of linB.
    const host = chip({ 60: 0x0000, 62: 0xff7f, 64: 0x0000, 66: 0x0000 });
    for (const [index, count] of [
      [0, '00000000'],
      [1, '11000000'],
    ] as const) {
      loadTempKey(host, SEED);
      expect(host.status(GEN_DIG, 4, index)).toBe(0);
      const middle = joined(Uint8Array.of(0x15, 4, index, 0), SERIAL, hex(`00 ${count}`), zeros(20));
      expect(takesTempKey(host, sha256(zeros(32), middle, SEED))).toBe(true);
    }
  });

  test("of a slot's configuration", () => {
    const host = chip();
    for (const locked of [false, true]) {
      if (locked) expect(host.status(0x17, 0x02 | (8 << 2))).toBe(0);
      loadTempKey(host, SEED);
      expect(host.status(GEN_DIG, 5, 8)).toBe(0);
      const middle = joined(hex('15 05 0800'), SERIAL, hex(`00 0F0F 3C00 ${locked ? '00' : '01'}`), zeros(19));
      expect(takesTempKey(host, sha256(zeros(32), middle, SEED))).toBe(true);
    }
  });

  test('of 64 bytes takes the first 32', () => {
    const host = chip();
    host.status(0x16, 0x23, 0, joined(SEED, filled(1)));
    digestKey(host, 9, KEY, SEED);
    expect(takesTempKey(host, digestOf9())).toBe(true);
  });
});

const digestOf9 = () => sha256(KEY.subarray(0, 32), hex('15 02 0900'), SERIAL, zeros(25), SEED);

describe('GenDig', () => {
  test('works between the locks, not before them', () => {
    const fresh = new Host(makeChip());
    loadTempKey(fresh, SEED);
    for (const zone of [0, 1, 2, 4, 5]) expect(fresh.status(GEN_DIG, zone, 1)).toBe(0x0f);
    const between = chip({}, 'config');
    loadTempKey(between, SEED);
    expect(between.status(GEN_DIG, 2, 9)).toBe(0);
  });

  test('needs a valid TempKey, and not a private key in it', () => {
    const host = chip();
    expect(host.status(GEN_DIG, 0, 0)).toBe(0x0f);
    host.command(0x40, 0x04, 0xffff);
    for (const zone of [0, 1, 2]) expect(host.status(GEN_DIG, zone, 1)).toBe(0x0f);
  });

  test('never digests a private key', () => {
    const host = chip();
    for (const slot of [0, 2, 3, 7]) {
      loadTempKey(host, SEED);
      expect(host.status(GEN_DIG, 2, slot)).toBe(0x0f);
      expect(takesTempKey(host, SEED)).toBe(true);
    }
  });

  test('ReqRandom asks a random nonce', () => {
    const host = chip();
    loadTempKey(host, SEED);
    expect(host.status(GEN_DIG, 2, 4)).toBe(0x0f);
    randomTempKey(host);
    expect(host.status(GEN_DIG, 2, 4)).toBe(0);
  });

  test('LimitedUse counts it', () => {
    const host = chip({ [slotConfigAt(9)]: 0x44e4 });
    loadTempKey(host, SEED);
    expect(host.status(GEN_DIG, 2, 9)).toBe(0);
    expect(toHex(host.command(0x02, 0x00, 0x0d))).toBe('7FFFFFFF');
  });

  test('PersistentDisable asks the latch', () => {
    const host = chip({ [keyConfigAt(9)]: 0x103c });
    loadTempKey(host, SEED);
    expect(host.status(GEN_DIG, 2, 9)).toBe(0x0f);
    host.command(0x30, 4, 0x0003);
    expect(host.status(GEN_DIG, 2, 9)).toBe(0);
  });

  test('knows no other zone, key id or length', () => {
    const host = chip();
    loadTempKey(host, SEED);
    const refused: [number, number, number][] = [
      [6, 0, 0],
      [0, 4, 0],
      [1, 2, 0],
      [4, 2, 0],
      [5, 16, 0],
      [2, 16, 0],
      [2, 0x8000, 0],
      [0, 0, 4],
      [2, 9, 32],
      [3, 0, 0],
      [3, 0, 4],
      [0, 0, 5],
    ];
    for (const [zone, keyId, length] of refused) {
      expect(host.status(GEN_DIG, zone, keyId, zeros(length)), `zone ${zone}`).toBe(0x03);
    }
    expect(hasTempKey(host)).toBe(true);
  });
});

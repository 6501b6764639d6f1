import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  counterFields,
  counterValue,
  decodeConfig,
  encodeConfig,
  factoryMemory,
  slotOffset,
  slotSize,
} from '../../../emulator/atecc608/index.ts';
import { hex, SEED_CONFIGURATION, SERIAL_NUMBER, toHex } from '../../support/atecc608.ts';

const FACTORY = hex(`
  01 23 A1 B2 00 00 60 02 C3 D4 E5 F6 EE 01 55 00
  C0 00 00 00 83 20 87 20 8F 20 C4 8F 8F 8F 8F 8F
  9F 8F AF 8F 00 00 00 00 00 00 00 00 00 00 00 00
  00 00 AF 8F FF FF FF FF 00 00 00 00 FF FF FF FF
  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
  00 00 00 00 00 00 55 55 FF FF 00 00 00 00 00 00
  33 00 33 00 33 00 1C 00 1C 00 1C 00 1C 00 1C 00
  3C 00 3C 00 3C 00 3C 00 3C 00 3C 00 3C 00 1C 00`);

test('a part leaves the factory with this configuration, and FF in OTP and data', () => {
  const memory = factoryMemory({ serialNumber: hex('0123 A1B2 C3D4 E5F6 EE') });
  expect(memory.length).toBe(1400);
  expect(toHex(memory.subarray(0, 128))).toBe(toHex(FACTORY));
  expect(memory.subarray(128).every((byte) => byte === 0xff)).toBe(true);
});

test('a serial number of another length is the caller’s mistake', () => {
  expect(() => factoryMemory({ serialNumber: new Uint8Array(8) })).toThrow(
    expect.objectContaining({ code: 'EMU_E_CHIP_SERIAL' }),
  );
});

test('the slots lie one behind the other: eight of 36 bytes, one of 416, seven of 72', () => {
  expect([0, 7, 8, 9, 15].map(slotSize)).toEqual([36, 36, 416, 72, 72]);
  expect([0, 1, 7, 8, 9, 15].map(slotOffset)).toEqual([192, 228, 444, 480, 896, 1328]);
});

test('the original firmware’s configuration decodes to what its authors meant', () => {
  const bytes = FACTORY.slice();
  bytes.set(SEED_CONFIGURATION.subarray(0, 68), 16);
  bytes.set(SEED_CONFIGURATION.subarray(72), 88);
  const config = decodeConfig(bytes);

  expect(toHex(config.serialNumber)).toBe(toHex(SERIAL_NUMBER));
  expect(toHex(config.revNum)).toBe('00006002');
  expect(config.i2cAddress).toBe(0xc0);
  expect(config.chipMode).toEqual({ useUserExtraAdd: true, ttlEnable: false, watchdogLong: false, clockDivider: 0 });
  expect(config.lockConfig).toBe(0x55);
  // Slot 0, SlotConfig 0x208F: all uses of a private key, its secrets to slot 1, GenKey allowed.
  expect(config.slots[0]).toEqual({
    slotConfig: {
      readKey: 0xf,
      noMac: false,
      limitedUse: false,
      encryptRead: false,
      isSecret: true,
      writeKey: 0,
      writeConfig: 2,
    },
    keyConfig: {
      private: true,
      pubInfo: true,
      keyType: 4,
      lockable: true,
      reqRandom: false,
      reqAuth: false,
      authKey: 0,
      persistentDisable: false,
      reserved: false,
      x509Id: 0,
    },
    locked: false,
  });
  // Slot 4, KeyConfig 0x007C: the IO protection key.
  expect(config.slots[4]?.slotConfig).toMatchObject({ isSecret: true, encryptRead: false, writeConfig: 0 });
  expect(config.slots[4]?.keyConfig).toMatchObject({ private: false, keyType: 7, lockable: true, reqRandom: true });
  expect(config.chipOptions).toEqual({
    powerOnSelfTest: false,
    ioProtectionKeyEnable: true,
    kdfAesEnable: true,
    autoClearFirstFail: false,
    reserved: 0,
    ecdhProtection: 0,
    kdfProtection: 0,
    ioProtectionKey: 4,
  });
  expect(config.counters.map(counterValue)).toEqual([0, 0]);
});

test('decoding and encoding any 128 bytes gives them back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 128, maxLength: 128 }), (bytes) => {
      expect(encodeConfig(decodeConfig(bytes))).toEqual(bytes);
    }),
  );
});

test('a value that does not fit its field is the caller’s mistake', () => {
  const config = decodeConfig(FACTORY);
  const chipOptions = { ...config.chipOptions, ioProtectionKey: 16 };
  expect(() => encodeConfig({ ...config, chipOptions })).toThrow(
    expect.objectContaining({ code: 'EMU_E_CHIP_CONFIG' }),
  );
  expect(() => decodeConfig(new Uint8Array(127))).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_CONFIG' }));
});

test.each([
  [{ i2cEnable: 256 }, 'i2cEnable has 8 bits'],
  [{ userExtra: -1 }, 'userExtra has 8 bits'],
  [{ lockConfig: 0.5 }, 'lockConfig has 8 bits'],
  [{ counters: [counterFields(0), { ...counterFields(0), binaryB: 65_536 }] as const }, 'binaryB has 16 bits'],
  [{ serialNumber: new Uint8Array(8) }, 'serialNumber has 9 entries'],
  [{ revNum: new Uint8Array(5) }, 'revNum has 4 entries'],
  [{ slots: [] }, 'slots has 16 entries'],
])('no part of %j is cut off to fit', (change, message) => {
  const encoding = () => encodeConfig({ ...decodeConfig(FACTORY), ...change });
  expect(encoding).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_CONFIG', message }));
});

test.each([
  [0, 0xffff, 0xffff, 0, 0],
  [1, 0x7fff, 0xffff, 0, 0],
  [15, 0x0001, 0xffff, 0, 0],
  [16, 0x0000, 0xffff, 0, 0],
  [17, 0x0000, 0x7fff, 0, 0],
  [31, 0x0000, 0x0001, 0, 0],
  [32, 0xffff, 0x0000, 1, 0],
  [47, 0x0001, 0x0000, 1, 0],
  [48, 0x0000, 0xffff, 1, 1],
  [2_097_151, 0x0000, 0x0001, 65_535, 65_535],
])('the counter stores %i', (value, linearA, linearB, binaryA, binaryB) => {
  const fields = { linearA, linearB, binaryA, binaryB };
  expect(counterFields(value)).toEqual(fields);
  expect(counterValue(fields)).toBe(value);
});

test('every count is stored so that it reads back, in fields that lose bits one at a time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_097_151 }), (value) => {
      expect(counterValue(counterFields(value))).toBe(value);
    }),
  );
});

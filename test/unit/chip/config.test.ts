import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { decodeConfig } from '../../../emulator/atecc608/index.ts';
import { compareConfigs, configDocument, configFromDocument, configTable } from '../../../src/chip/index.ts';
import { makeChip, seedChip } from '../../support/atecc608.ts';

const anyConfig = fc.uint8Array({ minLength: 128, maxLength: 128 });

test('any 128 bytes come back from JSON and from YAML', () => {
  fc.assert(
    fc.property(anyConfig, (bytes) => {
      const document = configDocument(decodeConfig(bytes));
      expect(configFromDocument(JSON.parse(JSON.stringify(document)))).toEqual(bytes);
      expect(configFromDocument(parse(stringify(document)))).toEqual(bytes);
    }),
    { numRuns: 25 },
  );
});

test.each([
  ['another version', { schema: 'emu-chip-config/2' }, 'schema'],
  ['an unknown key', { colour: 'red' }, 'colour'],
  ['bytes of another length', { revNum: '0000' }, 'revNum'],
  ['a number where a bit is', { chipMode: { useUserExtraAdd: 1 } }, 'chipMode'],
  ['a missing slot', { slots: [] }, 'slots'],
])('%s is refused', (_, change, where) => {
  const document = configDocument(decodeConfig(makeChip().memory));
  expect(() => configFromDocument({ ...document, ...change })).toThrow(where);
});

test('a value that does not fit its bits is refused', () => {
  const { useLock, ...document } = configDocument(decodeConfig(makeChip().memory));
  const wide = { ...document, useLock: { ...(useLock as object), key: 16 } };
  expect(() => configFromDocument(wide)).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_CONFIG' }));
});

test('a comparison names the fields that differ, and no other', () => {
  const left = decodeConfig(makeChip().memory);
  const bytes = makeChip().memory.slice(0, 128);
  expect(compareConfigs(left, decodeConfig(bytes))).toEqual([]);
  bytes[2] = 0xff; // SN[2]
  bytes[20 + 2 * 3] = 0x54; // SlotConfig 3: C4 before, ReadKey 4, EncryptRead and IsSecret
  bytes[69] = 0x83;
  expect(compareConfigs(left, decodeConfig(bytes))).toEqual([
    { field: 'serialNumber', left: '0123A1B2C3D4E5F6EE', right: '0123FFB2C3D4E5F6EE' },
    { field: 'slots.3.slotConfig.noMac', left: 'false', right: 'true' },
    { field: 'slots.3.slotConfig.isSecret', left: 'true', right: 'false' },
    { field: 'volatileKeyPermission.slot', left: '0', right: '3' },
    { field: 'volatileKeyPermission.enable', left: 'false', right: 'true' },
  ]);
});

test('the table describes the original firmware’s chip', () => {
  const lines = configTable(decodeConfig(seedChip().chip.memory));
  expect(lines).toContain('serial number      0123A1B2C3D4E5F6EE');
  expect(lines).toContain('I2C address        60 (byte C0)');
  expect(lines).toContain('locks              configuration locked, data and OTP locked');
  expect(lines).toContain('IO protection key  slot 4');
  expect(lines).toContain('   1  secret       key 4       key 4       MAC, GenDig, CheckMac, HMAC, KDF');
  expect(lines).toContain(
    '   4  secret       never       clear       MAC, GenDig, CheckMac, HMAC, KDF, asks for a random nonce, lockable',
  );
});

import { describe, expect, test } from 'vitest';
import { factoryMemory, slotOffset } from '../../../emulator/atecc608/index.ts';
import { uint16At, uint32At } from '../../../emulator/atecc608/memory.ts';
import {
  isPublicKey,
  isUsablePublicKey,
  isValidated,
  needsValidation,
  takesSecret,
} from '../../../emulator/atecc608/slots.ts';
import { isConfigLocked, isDataLocked, isSlotLocked, locate } from '../../../emulator/atecc608/zones.ts';
import { hex, keyConfigAt, slotConfigAt } from '../../support/atecc608.ts';

const SERIAL = hex('0123000000000000EE');
/** Configuration bytes: LockValue 86, LockConfig 87, SlotLocked 88 and 89 (data sheet, section 2.2). */
const [LOCK_VALUE, LOCK_CONFIG, SLOT_LOCKED] = [86, 87, 88];
const SLOT = 9;

function memoryWith(change: (memory: Uint8Array) => void): Uint8Array {
  const memory = factoryMemory({ serialNumber: SERIAL });
  change(memory);
  return memory;
}
const put = (memory: Uint8Array, offset: number, value: number) => {
  memory[offset] = value & 0xff;
  memory[offset + 1] = value >> 8;
};

// Data sheet 2.2: words of the memory are little-endian.
test.each([
  ['00000000', 0],
  ['01000000', 1],
  ['78563412', 0x12345678],
  ['ffff0000', 0xffff],
  ['00000080', 0x80000000],
  ['ffffffff', 0xffffffff],
])('the four bytes %s are %i', (bytes, value) => {
  expect(uint32At(hex(`AA${bytes}`), 1)).toBe(value);
  expect(uint16At(hex(`AA${bytes}`), 1)).toBe(value % 0x10000);
});

describe('locks', () => {
  // Data sheet 2.2: 0x55 is unlocked, anything else is locked.
  test.each([
    [0x55, false],
    [0x00, true],
    [0x54, true],
    [0xff, true],
  ])('a lock byte of %i', (value, locked) => {
    expect(isConfigLocked(memoryWith((memory) => memory.fill(value, LOCK_CONFIG, LOCK_CONFIG + 1)))).toBe(locked);
    expect(isDataLocked(memoryWith((memory) => memory.fill(value, LOCK_VALUE, LOCK_VALUE + 1)))).toBe(locked);
    expect(isDataLocked(memoryWith((memory) => memory.fill(value, LOCK_CONFIG, LOCK_CONFIG + 1)))).toBe(false);
  });

  test.each([0, 1, 7, 8, 15])('the bit of slot %i is its own', (slot) => {
    const memory = memoryWith((bytes) => put(bytes, SLOT_LOCKED, 0xffff & ~(1 << slot)));
    for (let other = 0; other < 16; other++) expect(isSlotLocked(memory, other)).toBe(other === slot);
  });
});

describe('a slot for a secret that ECDH or KDF leaves inside', () => {
  const KEY = 0x001c; // KeyType 7, not private
  const takes = (writeConfig: number, { keyConfig = KEY, slotLocked = false, dataLocked = true } = {}) =>
    takesSecret(
      memoryWith((memory) => {
        put(memory, keyConfigAt(SLOT), keyConfig);
        put(memory, slotConfigAt(SLOT), writeConfig << 12);
        put(memory, SLOT_LOCKED, slotLocked ? 0xffff & ~(1 << SLOT) : 0xffff);
        memory[LOCK_CONFIG] = 0;
        memory[LOCK_VALUE] = dataLocked ? 0 : 0x55;
      }),
      SLOT,
    );

  // Data sheet, SlotConfig: 0000 always, 0001 pubinvalid, 001x and 10xx never, x1xx encrypted.
  test.each([
    ...[0x0, 0x1, 0x4, 0x5, 0x6, 0x7, 0xc, 0xd, 0xe, 0xf].map((value) => [value, true] as const),
    ...[0x2, 0x3, 0x8, 0x9, 0xa, 0xb].map((value) => [value, false] as const),
  ])('with WriteConfig %i', (writeConfig, expected) => {
    expect(takes(writeConfig)).toBe(expected);
    expect(takes(writeConfig, { dataLocked: false })).toBe(true);
    expect(takes(writeConfig, { slotLocked: true })).toBe(false);
    expect(takes(writeConfig, { slotLocked: true, dataLocked: false })).toBe(false);
    expect(takes(writeConfig, { keyConfig: KEY | 1 })).toBe(false);
    expect(takes(writeConfig, { keyConfig: KEY | 1, dataLocked: false })).toBe(false);
  });
});

describe('a slot for a public key', () => {
  const memoryOf = (slot: number, keyConfig: number, top: number) =>
    memoryWith((memory) => {
      put(memory, keyConfigAt(slot), keyConfig);
      memory[slotOffset(slot)] = top;
    });

  // KeyConfig: bit 0 private, bit 1 pubInfo, bits 4:2 KeyType, 4 is P-256; a point takes 72 bytes.
  test.each([
    [8, 0x0010, true],
    [9, 0x0010, true],
    [15, 0x0010, true],
    [7, 0x0010, false],
    [9, 0x0011, false],
    [9, 0x001c, false],
    [9, 0x0018, false],
    [9, 0x0000, false],
  ])('is slot %i with KeyConfig %i: %s', (slot, keyConfig, expected) => {
    expect(isPublicKey(memoryOf(slot, keyConfig, 0), slot)).toBe(expected);
    expect(needsValidation(memoryOf(slot, keyConfig | 2, 0), slot)).toBe(expected);
    expect(needsValidation(memoryOf(slot, keyConfig & ~2, 0), slot)).toBe(false);
  });

  // The top nibble is 5 of a key that was validated, A of one that no longer is.
  test.each([
    [0x50, true],
    [0x5f, true],
    [0x40, false],
    [0x60, false],
    [0xa0, false],
    [0x05, false],
  ])('with the first byte %i is validated: %s', (top, valid) => {
    const memory = memoryOf(SLOT, 0x0012, top);
    expect(isValidated(memory, SLOT)).toBe(valid);
    const chip = { memory, unspecifiedBehaviour: { x509Format: 'refused' } } as never;
    expect(isUsablePublicKey(chip, SLOT)).toBe(valid);
    const plain = { memory: memoryOf(SLOT, 0x0010, top), unspecifiedBehaviour: { x509Format: 'refused' } } as never;
    expect(isUsablePublicKey(plain, SLOT)).toBe(true);
  });
});

describe('an address of Read or Write (data sheet, table of zones)', () => {
  const [CONFIG, OTP, DATA] = [0, 1, 2];
  test.each<[string, number, number, boolean, readonly [number, number] | undefined]>([
    ['the first word of the configuration', CONFIG, 0x00, false, [0, 4]],
    ['its last', CONFIG, 0x1f, false, [124, 4]],
    ['one behind it', CONFIG, 0x20, false, undefined],
    ['its last block', CONFIG, 0x18, true, [96, 32]],
    ['a block behind it', CONFIG, 0x20, true, undefined],
    ['far behind it', CONFIG, 0x8000, false, undefined],
    ['the first word of OTP', OTP, 0x00, false, [128, 4]],
    ['its last', OTP, 0x0f, false, [188, 4]],
    ['one behind it', OTP, 0x10, false, undefined],
    ['its last block', OTP, 0x08, true, [160, 32]],
    ['a block behind it', OTP, 0x10, true, undefined],
    ['the first word of slot 0', DATA, 0x0000, false, [192, 4]],
    ['its last', DATA, 0x0100, false, [224, 4]],
    ['one behind it', DATA, 0x0101, false, undefined],
    ['its last block, of one word', DATA, 0x0100, true, [224, 4]],
    ['a block behind it', DATA, 0x0200, true, undefined],
    ['the first word of slot 8', DATA, 0x0040, false, [480, 4]],
    ['its last', DATA, 0x0c47, false, [892, 4]],
    ['its last block', DATA, 0x0c40, true, [864, 32]],
    ['a block behind it', DATA, 0x0d40, true, undefined],
    ['the first word of slot 15', DATA, 0x0078, false, [1328, 4]],
    ['its last', DATA, 0x0279, false, [1396, 4]],
    ['one behind it', DATA, 0x027a, false, undefined],
    ['its last block, of two words', DATA, 0x0278, true, [1392, 8]],
    ['bit 7', DATA, 0x0080, false, undefined],
    ['bit 12', DATA, 0x1000, true, undefined],
    ['bit 15', DATA, 0x8000, true, undefined],
  ])('%s', (_what, zone, address, block, expected) => {
    const span = locate(zone, address, block);
    expect(span && [span.offset, span.length]).toEqual(expected);
  });
});

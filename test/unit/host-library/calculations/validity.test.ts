import { beforeEach, describe, expect, test } from 'vitest';
import { OPCODE, slotOffset } from '../../../../emulator/atecc608/index.ts';
import { nodeCrypto } from '../../../../emulator/crypto/index.ts';
import {
  chipLoad,
  chipValidate,
  chipVerify,
  dataAddress,
  internalMessage,
  otherDataOf,
  publicKeyDigest,
} from '../../../../emulator/host-library/index.ts';
import {
  flipped,
  hostAndDriver,
  MAKER_POINT,
  MAKER_SCALAR,
  PUBLIC_SLOT,
  VALIDATED_SLOT,
} from '../../../support/atecc-host.ts';
import { storedPoint } from '../../../support/atecc608-messages.ts';

let { chip, driver, host } = hostAndDriver();
beforeEach(() => {
  ({ chip, driver, host } = hostAndDriver());
});

const NONCE = new Uint8Array(32).fill(0x3c);
const nibble = () => (chip.memory[slotOffset(VALIDATED_SLOT)] ?? 0) >> 4;
const makersWord = (digest: Uint8Array) =>
  nodeCrypto.signDigest(MAKER_SCALAR, digest, new Uint8Array(32)) ?? new Uint8Array(0);
const validation = { slot: VALIDATED_SLOT, publicKey: MAKER_POINT, sign: makersWord };

test('a public key is validated by a key outside, works, and is invalidated', () => {
  const signed = { digest: NONCE, signature: makersWord(NONCE), publicKey: VALIDATED_SLOT };
  expect(() => chipVerify(driver, signed)).toThrow('status 0F');
  expect(chipValidate(host, validation)).toBe(true);
  expect(nibble()).toBe(0x5);
  expect(chipVerify(driver, signed)).toBe(true);
  expect(chipValidate(host, { ...validation, invalidate: true })).toBe(true);
  expect(nibble()).toBe(0xa);
});

test.each([0x00, 0x40])('a public key is validated by what a chip signed of itself, mode %i', (mode) => {
  const parent = driver.genKey(0x04, 0);
  const stored = new Uint8Array(96);
  stored.set(storedPoint(parent));
  for (const block of [0, 1, 2]) {
    driver.write('data', dataAddress(PUBLIC_SLOT, block), stored.subarray(32 * block, 32 * block + 32));
  }
  for (const invalidate of [false, true]) {
    chipLoad(driver, 'tempKey', NONCE);
    driver.request(OPCODE.GenKey, 0x10, VALIDATED_SLOT, new Uint8Array(3), 0);
    const signMode = mode | Number(invalidate);
    const signature = driver.sign(signMode, 0);
    const message = internalMessage(host.serialNumber, {
      mode: signMode,
      keyId: 0,
      tempKey: publicKeyDigest(nodeCrypto, host.serialNumber, new Uint8Array(3), MAKER_POINT, NONCE),
      flags: 0x50 | VALIDATED_SLOT, // GenKeyData, fixed input
      slotConfig: 0x0f0f,
      keyConfig: 0x0032,
      locked: false,
      valid: invalidate,
    });
    expect(nodeCrypto.verifyDigest(parent, nodeCrypto.sha256(message), signature)).toBe(true);
    const otherData = otherDataOf(message);
    const word = { ...validation, invalidate, nonce: NONCE, otherData, sign: () => signature };
    expect(chipValidate(host, word)).toBe(true);
    expect(nibble()).toBe(invalidate ? 0xa : 0x5);
  }
});

// Data sheet, Sign, the internal message: TempKey, opcode, mode, key id, SlotConfig, KeyConfig, flags, two zeros, SN[8],
// SN[4:7], SN[0:1], SN[2:3], whether the slot is unlocked, whether its key is validated, a zero.
test.each([
  [0x40, true, false, '44454647', '4243', '00', '00'],
  [0x00, true, true, '00000000', '0000', '00', '01'],
  [0x41, false, true, '44454647', '4243', '01', '01'],
])('the 55 bytes of an internal message, mode %i', (mode, locked, valid, sn4, sn2, unlocked, validated) => {
  const message = internalMessage(Uint8Array.of(0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48), {
    mode,
    keyId: 0x0b,
    tempKey: new Uint8Array(64).fill(0x11, 0, 32),
    flags: 0x5d,
    slotConfig: 0x1234,
    keyConfig: 0x5678,
    locked,
    valid,
  });
  const modeAndSlot = `${mode.toString(16).padStart(2, '0')}0b00`;
  const expected = `41${modeAndSlot}34127856 5d0000 48${sn4}4041${sn2}${unlocked}${validated}00`.replaceAll(' ', '');
  expect(Buffer.from(message).toString('hex')).toBe('11'.repeat(32) + expected);
  // All but TempKey, the opcode, SN[8] and SN[0:1]: 19 bytes.
  const other = `${modeAndSlot}34127856 5d0000 ${sn4}${sn2}${unlocked}${validated}00`.replaceAll(' ', '');
  expect(Buffer.from(otherDataOf(message)).toString('hex')).toBe(other);
});

describe('a bit turned anywhere is refused', () => {
  test('in the signature or in what it is about', () => {
    const before = chip.memory.slice();
    driver.opcode = OPCODE.Verify;
    for (let bit = 0; bit < 8 * 83; bit++) {
      driver.tamper = (data) => flipped(data, bit);
      // The bit that says whether to invalidate is compared with the mode before anything else.
      if (bit === 8 * 81) expect(() => chipValidate(host, validation)).toThrow('status 0F');
      else expect(chipValidate(host, validation)).toBe(false);
    }
    expect(chip.memory).toEqual(before);
  });

  test('in the public key', () => {
    for (let bit = 0; bit < 512; bit++) {
      const publicKey = flipped(MAKER_POINT, bit);
      expect(chipValidate(host, { ...validation, publicKey })).toBe(false);
    }
    expect(nibble()).toBe(0);
  });
});

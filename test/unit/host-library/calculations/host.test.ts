import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { OPCODE, slotOffset } from '../../../../emulator/atecc608/index.ts';
import { nodeCrypto } from '../../../../emulator/crypto/index.ts';
import {
  chipAesDecrypt,
  chipAesEncrypt,
  chipHmac,
  chipKdf,
  chipSha256,
} from '../../../../emulator/host-library/index.ts';
import {
  AES_SLOT,
  CREATED_SLOT,
  CREATED_WITH_MAC_SLOT,
  ENCRYPTED_SLOT,
  flipped,
  hostAndDriver,
  IO_KEY,
  LONG_ENCRYPTED_SLOT,
  MASTER,
  PRIVATE_SLOT,
  ROLLED_SLOT,
} from '../../../support/atecc-host.ts';

let { chip, driver, host } = hostAndDriver();
beforeEach(() => {
  ({ chip, driver, host } = hostAndDriver());
});

const counting = (length: number) => Uint8Array.from({ length }, (_, index) => 0xf0 ^ index);
const CHALLENGE = counting(32);
const contents = (slot: number, length: number) => chip.memory.slice(slotOffset(slot), slotOffset(slot) + length);

/** The chip refuses with status 01: a MAC did not match. */
const miscompare = expect.objectContaining({
  code: 'EMU_E_CHIP_STATUS',
  value: expect.objectContaining({ status: 0x01 }),
});

describe('host and chip agree on', () => {
  test.each([
    [ENCRYPTED_SLOT, 0, 32],
    [ENCRYPTED_SLOT, 1, 4],
    [LONG_ENCRYPTED_SLOT, 1, 32],
    [LONG_ENCRYPTED_SLOT, 2, 8],
  ])('encrypted writes and reads of slot %i, block %i: %i bytes', (slot, block, length) => {
    const secret = counting(length);
    host.writeEncrypted(slot, block, secret, MASTER);
    expect(chip.memory.subarray(slotOffset(slot) + 32 * block).slice(0, length)).toEqual(secret);
    expect(host.readEncrypted(slot, block, MASTER)).toEqual(secret);
  });

  test('a private key that is put in', () => {
    const scalar = counting(32).fill(0, 0, 1);
    host.privWrite(PRIVATE_SLOT, scalar, MASTER);
    expect(contents(PRIVATE_SLOT, 36).slice(4)).toEqual(scalar);
    driver.nonce(CHALLENGE);
    const signature = driver.sign(0xa0, PRIVATE_SLOT);
    const point = nodeCrypto.publicKey(scalar) ?? new Uint8Array(64);
    expect(nodeCrypto.verifyDigest(point, CHALLENGE, signature)).toBe(true);
  });

  test.each([
    ['a challenge of the host', { challenge: CHALLENGE }],
    ['a random nonce', {}],
    ['the whole serial number', { includeSerial: true }],
  ])('MAC over %s', (_, options) => {
    expect(host.chipKnows(MASTER, options)).toBe(true);
    expect(host.chipKnows({ ...MASTER, value: flipped(MASTER.value, 0) }, options)).toBe(false);
  });

  test.each([
    ['a challenge of the host', { challenge: CHALLENGE }],
    ['a random nonce', {}],
  ])('CheckMac over %s', (_, options) => {
    expect(host.authorise(MASTER, options)).toBe(true);
    expect(host.authorise({ ...MASTER, value: flipped(MASTER.value, 255) }, options)).toBe(false);
  });

  test.each([
    ['rolls', ROLLED_SLOT, {}],
    ['makes', CREATED_SLOT, {}],
    ['makes, having asked for a MAC,', CREATED_WITH_MAC_SLOT, { withMac: true }],
  ])('the key that DeriveKey %s', (_, slot, options) => {
    const derived = host.deriveKey(slot, MASTER.value, options);
    expect(contents(slot, 32)).toEqual(derived);
    expect(derived).not.toEqual(MASTER.value);
    expect(host.chipKnows({ slot, value: derived })).toBe(true);
  });

  test.each([0, 1, 63, 64, 65, 128, 200])('SHA-256 and HMAC of %i bytes', (length) => {
    const data = counting(length);
    expect(chipSha256(driver, data)).toEqual(new Uint8Array(createHash('sha256').update(data).digest()));
    const hmac = createHmac('sha256', MASTER.value).update(data).digest();
    expect(chipHmac(driver, MASTER.slot, data)).toEqual(new Uint8Array(hmac));
  });

  test('AES, both ways', () => {
    const block = counting(16);
    const cipher = createCipheriv('aes-128-ecb', MASTER.value.subarray(16), null).setAutoPadding(false);
    const encrypted = chipAesEncrypt(driver, AES_SLOT, block, 1);
    expect(encrypted).toEqual(new Uint8Array(cipher.update(block)));
    expect(chipAesDecrypt(driver, AES_SLOT, encrypted, 1)).toEqual(block);
  });

  test('what KDF derives, in clear and encrypted', () => {
    const message = counting(40);
    const hmac = (...parts: Uint8Array[]) => {
      const hash = createHmac('sha256', MASTER.value);
      for (const part of parts) hash.update(part);
      return new Uint8Array(hash.digest());
    };
    const a1 = hmac(message);
    const prf = new Uint8Array([...hmac(a1, message), ...hmac(hmac(a1), message)]);
    const io = { key: IO_KEY, crypto: nodeCrypto };
    for (const under of [undefined, io]) {
      const long = { algorithm: 'PRF', keySize: 32, outputSize: 64 } as const;
      expect(chipKdf(driver, MASTER.slot, long, message, under)).toEqual(prf);
      const short = { algorithm: 'PRF', keySize: 32, outputSize: 32 } as const;
      expect(chipKdf(driver, MASTER.slot, short, message, under)).toEqual(prf.slice(0, 32));
      expect(chipKdf(driver, MASTER.slot, { algorithm: 'HKDF' }, message, under)).toEqual(a1);
    }
    const block = counting(16);
    const encrypted = chipAesEncrypt(driver, AES_SLOT, block);
    const padded = new Uint8Array(32);
    padded.set(encrypted);
    expect(chipKdf(driver, AES_SLOT, { algorithm: 'AES', keyBlock: 0 }, block)).toEqual(padded);
  });
});

describe('a bit turned anywhere is refused', () => {
  /** Turns each bit of the data of `opcode` in turn, and hands each attempt to `attempt`. */
  function everyBit(opcode: (typeof OPCODE)[keyof typeof OPCODE], bytes: number, attempt: () => void) {
    driver.opcode = opcode;
    for (let bit = 0; bit < 8 * bytes; bit++) {
      driver.tamper = (data) => {
        expect(data.length).toBe(bytes);
        return flipped(data, bit);
      };
      attempt();
    }
  }

  test('in an encrypted write', () => {
    const before = chip.memory.slice();
    everyBit(OPCODE.Write, 64, () => {
      expect(() => host.writeEncrypted(ENCRYPTED_SLOT, 0, CHALLENGE, MASTER)).toThrow(miscompare);
    });
    expect(chip.memory).toEqual(before);
  });

  test('in a private key that is put in', () => {
    const before = chip.memory.slice();
    everyBit(OPCODE.PrivWrite, 68, () => {
      expect(() => host.privWrite(PRIVATE_SLOT, CHALLENGE, MASTER)).toThrow(miscompare);
    });
    expect(chip.memory).toEqual(before);
  });

  test('in the MAC of a derivation', () => {
    const before = chip.memory.slice();
    everyBit(OPCODE.DeriveKey, 32, () => {
      const derivation = () => host.deriveKey(CREATED_WITH_MAC_SLOT, MASTER.value, { withMac: true });
      expect(derivation).toThrow(miscompare);
    });
    expect(chip.memory).toEqual(before);
  });

  test('in a CheckMac', () => {
    everyBit(OPCODE.CheckMac, 77, () => {
      expect(host.authorise(MASTER, { challenge: CHALLENGE })).toBe(false);
    });
  });

  test('in what the chip answers to MAC', () => {
    driver.opcode = OPCODE.MAC;
    for (let bit = 0; bit < 256; bit++) {
      driver.tamperReply = (reply) => flipped(reply, bit);
      expect(host.chipKnows(MASTER)).toBe(false);
    }
  });
});

test('any other refusal than a comparison’s is an error', () => {
  expect(() => host.authorise({ ...MASTER, slot: PRIVATE_SLOT })).toThrow(
    expect.objectContaining({ code: 'EMU_E_CHIP_STATUS', value: { command: 'CheckMac', status: 0x0f } }),
  );
});

test('a write of more than a block is the caller’s mistake', () => {
  expect(() => host.writeEncrypted(LONG_ENCRYPTED_SLOT, 0, counting(33), MASTER)).toThrow(
    expect.objectContaining({
      code: 'EMU_E_CHIP_PACKET',
    }),
  );
});

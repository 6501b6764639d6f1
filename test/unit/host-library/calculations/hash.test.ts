import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { Atecc608, factoryMemory } from '../../../../emulator/atecc608/index.ts';
import { ManualClock } from '../../../../emulator/clock/index.ts';
import { nodeCrypto } from '../../../../emulator/crypto/index.ts';
import {
  ChipHash,
  chipAesDecrypt,
  chipAesEncrypt,
  chipGcmMultiply,
  chipHmac,
  chipLoad,
  chipSha256,
  openChip,
  TEMP_KEY,
} from '../../../../emulator/host-library/index.ts';
import { rootRng } from '../../../../emulator/rng/index.ts';
import { hostAndDriver, MAKER_POINT, MAKER_SCALAR, MASTER } from '../../../support/atecc-host.ts';
import { hex } from '../../../support/atecc608.ts';

let { driver } = hostAndDriver();
beforeEach(() => {
  ({ driver } = hostAndDriver());
});

const counting = (length: number) => Uint8Array.from({ length }, (_, index) => 0xf0 ^ index);
const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());
const hmac = (key: Uint8Array, data: Uint8Array) => new Uint8Array(createHmac('sha256', key).update(data).digest());

describe('a hash in pieces', () => {
  test.each([0, 1, 63, 64, 65, 127, 128, 200])('is saved after %i bytes and goes on on another chip', (length) => {
    const data = counting(300);
    const hash = ChipHash.start(driver);
    hash.update(data.subarray(0, length));
    const context = hash.save();
    expect(context).toHaveLength(36 + (length % 64));
    expect(hash.end(data.subarray(length))).toEqual(sha256(data));
    const other = hostAndDriver().driver;
    const restored = ChipHash.restore(other, context);
    restored.update(data.subarray(length, 250));
    expect(restored.save()).toHaveLength(36 + (Math.max(length, 250) % 64));
    expect(restored.end(data.subarray(250))).toEqual(sha256(data));
  });

  // SHA takes at most 64 bytes a command, at its end too.
  test.each([
    [0, 2],
    [63, 2],
    [64, 2],
    [65, 3],
    [128, 3],
    [129, 4],
  ])('of %i bytes takes %i commands', (length, commands) => {
    const before = driver.commands;
    expect(chipSha256(driver, counting(length))).toEqual(sha256(counting(length)));
    expect(driver.commands - before).toBe(commands);
  });

  test('is saved with a head of 40 bytes, of a chip whose option says so', () => {
    const memory = factoryMemory({ serialNumber: hex('0123000000000000EE') });
    const rng = rootRng('chip');
    const clock = new ManualClock();
    const unspecifiedBehaviour = { shaContextHead: 40 } as const;
    const chip = new Atecc608({ memory, crypto: nodeCrypto, rng, clock, executionTimes: 'none', unspecifiedBehaviour });
    const { driver } = openChip(chip, { crypto: nodeCrypto, rng });
    const hash = ChipHash.start(driver);
    hash.update(counting(70));
    const context = hash.save(40);
    expect(context).toHaveLength(40 + 6);
    const restored = ChipHash.restore(driver, context);
    expect(restored.end(counting(100).subarray(70))).toEqual(sha256(counting(100)));
  });

  test('goes to TempKey or to the Message Digest Buffer', () => {
    const digest = sha256(counting(70));
    expect(ChipHash.start(driver).end(counting(70), 'tempKey')).toEqual(digest);
    // HMAC under TempKey shows what it holds.
    expect(chipHmac(driver, TEMP_KEY, counting(3))).toEqual(hmac(digest, counting(3)));
    expect(ChipHash.start(driver).end(counting(70), 'messageDigestBuffer')).toEqual(digest);
    const point = driver.genKey(0x04, 0);
    expect(nodeCrypto.verifyDigest(point, digest, driver.sign(0xa0, 0))).toBe(true);
  });

  test('of an HMAC is not saved', () => {
    const hash = ChipHash.startHmac(driver, MASTER.slot);
    expect(() => hash.save()).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_STATUS' }));
    expect(hash.end(counting(5))).toEqual(hmac(MASTER.value, counting(5)));
  });
});

describe('a key in TempKey', () => {
  test.each([0, 64, 100])('makes the HMAC of %i bytes', (length) => {
    chipLoad(driver, 'tempKey', counting(32));
    expect(chipHmac(driver, TEMP_KEY, counting(length))).toEqual(hmac(counting(32), counting(length)));
    expect(chipSha256(driver, counting(length))).toEqual(sha256(counting(length)));
  });

  test.each([0, 1, 2, 3])('encrypts and decrypts with its block %i', (keyBlock) => {
    const key = counting(64);
    chipLoad(driver, 'tempKey', key);
    const cipher = createCipheriv('aes-128-ecb', key.subarray(16 * keyBlock, 16 * keyBlock + 16), null);
    const encrypted = chipAesEncrypt(driver, TEMP_KEY, counting(16), keyBlock);
    expect(encrypted).toEqual(new Uint8Array(cipher.update(counting(16))));
    expect(chipAesDecrypt(driver, TEMP_KEY, encrypted, keyBlock)).toEqual(counting(16));
  });
});

test('a step of GHASH', () => {
  // GCM specification, test case 2: H, its ciphertext, and the X that comes of it.
  const product = chipGcmMultiply(
    driver,
    hex('66E94BD4EF8A2C3B884CFA59CA342B2E'),
    hex('0388DACE60B6A392F328C2B971B2FE78'),
  );
  expect(product).toEqual(hex('5E2EC746917062882C85B0685353DEB7'));
});

test('the Alternate Key Buffer and the Message Digest Buffer leave TempKey', () => {
  chipLoad(driver, 'tempKey', counting(32));
  chipLoad(driver, 'alternateKeyBuffer', MAKER_SCALAR);
  chipLoad(driver, 'messageDigestBuffer', MAKER_POINT);
  expect(chipHmac(driver, TEMP_KEY, counting(1))).toEqual(hmac(counting(32), counting(1)));
});

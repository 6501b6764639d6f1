import { beforeEach, expect, test } from 'vitest';
import { OPCODE, slotOffset } from '../../../../emulator/atecc608/index.ts';
import { nodeCrypto } from '../../../../emulator/crypto/index.ts';
import { type BootImage, chipSecureBoot, chipVerify } from '../../../../emulator/host-library/index.ts';
import {
  BOOT_DIGEST_SLOT,
  flipped,
  hostAndDriver,
  IO_KEY,
  MAKER_POINT,
  MAKER_SCALAR,
  PUBLIC_SLOT,
} from '../../../support/atecc-host.ts';

let { chip, driver, host } = hostAndDriver();
beforeEach(() => {
  ({ chip, driver, host } = hostAndDriver());
});

const digest = nodeCrypto.sha256(new TextEncoder().encode('the code'));
const signature = nodeCrypto.signDigest(MAKER_SCALAR, digest, new Uint8Array(32)) ?? new Uint8Array(0);
const io = { key: IO_KEY, crypto: nodeCrypto };
const protectedIo = { ...io, systemNonce: new Uint8Array(32).fill(7) };
const wrongIo = { ...io, key: flipped(IO_KEY, 3) };

test.each([
  ['of the host', MAKER_POINT],
  ['in a slot', PUBLIC_SLOT],
])('a signature under a public key %s', (_, publicKey) => {
  const signed = { digest, signature, publicKey };
  expect(chipVerify(driver, signed)).toBe(true);
  expect(chipVerify(driver, signed, protectedIo)).toBe(true);
  expect(chipVerify(driver, signed, { ...protectedIo, key: wrongIo.key })).toBe(false);
  expect(chipVerify(driver, { ...signed, digest: flipped(digest, 9) })).toBe(false);
  expect(chipVerify(driver, { ...signed, digest: flipped(digest, 9) }, protectedIo)).toBe(false);
});

test.each([
  ['without MAC', undefined],
  ['with MAC', protectedIo],
])('a signature or a digest with any bit turned is refused, %s', (_, under) => {
  const signed = { digest, signature, publicKey: PUBLIC_SLOT };
  for (let bit = 0; bit < 512; bit++) {
    expect(chipVerify(driver, { ...signed, signature: flipped(signature, bit) }, under)).toBe(false);
  }
  for (let bit = 0; bit < 256; bit++) {
    expect(chipVerify(driver, { ...signed, digest: flipped(digest, bit) }, under)).toBe(false);
  }
});

test('the chip’s yes to a signature with any bit turned is a no', () => {
  driver.opcode = OPCODE.Verify;
  for (let bit = 0; bit < 256; bit++) {
    driver.tamperReply = (reply) => flipped(reply, bit);
    expect(chipVerify(driver, { digest, signature, publicKey: PUBLIC_SLOT }, protectedIo)).toBe(false);
  }
});

const boot = (operation: BootImage['operation'], more: Partial<BootImage> = {}): BootImage => ({
  operation,
  digest,
  ...(operation !== 'FullStore' && { signature }),
  ...more,
});

test.each([
  ['in clear', undefined],
  ['encrypted and with MAC', io],
])('an image boots by its signature, is stored, and boots by what is stored: %s', (_, under) => {
  expect(chipSecureBoot(host, boot('Full'), under)).toBe(true);
  expect(chipSecureBoot(host, boot('FullStore'), under)).toBe(false);
  expect(chipSecureBoot(host, boot('FullCopy'), under)).toBe(true);
  const at = slotOffset(BOOT_DIGEST_SLOT);
  expect(chip.memory.slice(at, at + 32)).toEqual(digest);
  expect(chipSecureBoot(host, boot('FullStore'), under)).toBe(true);
  expect(chipSecureBoot(host, boot('Full', { digest: flipped(digest, 1) }), under)).toBe(false);
});

test('a host with another IO protection key boots nothing', () => {
  expect(chipSecureBoot(host, boot('Full'), wrongIo)).toBe(false);
});

test('a bit turned anywhere in the digest, or in the chip’s yes to it, boots nothing', () => {
  expect(chipSecureBoot(host, boot('FullCopy'), io)).toBe(true);
  driver.opcode = OPCODE.SecureBoot;
  for (let bit = 0; bit < 256; bit++) {
    driver.tamper = (data) => flipped(data, bit);
    driver.tamperReply = (reply) => reply;
    expect(chipSecureBoot(host, boot('FullStore'), io)).toBe(false);
    expect(chipSecureBoot(host, boot('FullStore'))).toBe(false);
    driver.tamper = (data) => data;
    driver.tamperReply = (reply) => flipped(reply, bit);
    expect(chipSecureBoot(host, boot('FullStore'), io)).toBe(false);
  }
});

test('a bit turned anywhere in an encrypted digest or its signature boots nothing', () => {
  driver.opcode = OPCODE.SecureBoot;
  for (let bit = 0; bit < 8 * 96; bit++) {
    driver.tamper = (data) => flipped(data, bit);
    expect(chipSecureBoot(host, boot('Full'), io)).toBe(false);
  }
});

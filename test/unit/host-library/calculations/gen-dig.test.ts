import { expect, test } from 'vitest';
import { CONFIG_SIZE, decodeConfig, OPCODE } from '../../../../emulator/atecc608/index.ts';
import { nodeCrypto } from '../../../../emulator/crypto/index.ts';
import {
  chipGenDig,
  chipLoad,
  chipRehash,
  type DigestSource,
  publicKeyDigest,
} from '../../../../emulator/host-library/index.ts';
import { hostAndDriver, MASTER, NO_MAC_SLOT } from '../../../support/atecc-host.ts';
import { slotConfigAt } from '../../../support/atecc608.ts';

const { chip, driver, host } = hostAndDriver();
const counting = (length: number) => Uint8Array.from({ length }, (_, index) => 0xf0 ^ index);
const NUM_IN = counting(20);

/** TempKey, which the chip shows by hashing it with bytes that the host knows. */
function holds(tempKey: Uint8Array): boolean {
  const shown = driver.request(OPCODE.Nonce, 0x00, 0x8000, NUM_IN, 32);
  chipLoad(driver, 'tempKey', tempKey);
  return Buffer.from(chipRehash(host, tempKey, NUM_IN)).equals(shown);
}

driver.genKey(0x04, 0);
driver.request(OPCODE.Counter, 1, 1, new Uint8Array(0), 4);
const word = (offset: number) => new DataView(chip.memory.buffer, chip.memory.byteOffset).getUint16(offset, true);

const SOURCES: readonly DigestSource[] = [
  ...[0, 1, 2, 3].map((block) => ({
    zone: 'config' as const,
    block,
    value: chip.memory.slice(32 * block, 32 * block + 32),
  })),
  ...[0, 1].map((block) => ({
    zone: 'otp' as const,
    block,
    value: chip.memory.slice(CONFIG_SIZE + 32 * block, CONFIG_SIZE + 32 * block + 32),
  })),
  { zone: 'data', ...MASTER },
  { zone: 'data', slot: NO_MAC_SLOT, value: MASTER.value, otherData: counting(4) },
  { zone: 'sharedNonce', value: counting(32) },
  { zone: 'sharedNonce', value: counting(32), last: true },
  { zone: 'counter', index: 0, value: 0 },
  { zone: 'counter', index: 1, value: 1 },
  ...decodeConfig(chip.memory).slots.map(({ locked }, slot) => ({
    zone: 'keyConfig' as const,
    slot,
    slotConfig: word(slotConfigAt(slot)),
    keyConfig: word(96 + 2 * slot),
    locked,
  })),
];

test.each(SOURCES)('host and chip agree on GenDig of %j', (source) => {
  const mixed = chipGenDig(host, source, host.randomNonce());
  expect(holds(mixed)).toBe(true);
  const other = chipGenDig(host, source, host.randomNonce());
  other[0] = (other[0] ?? 0) ^ 1;
  expect(holds(other)).toBe(false);
});

test.each([0x08, 0x0c])('host and chip agree on the digest of a public key that GenKey makes, mode %i', (mode) => {
  const before = host.randomNonce();
  const publicKey = driver.genKey(mode, 0);
  const three = Uint8Array.of(mode, 0, 0);
  expect(holds(publicKeyDigest(nodeCrypto, host.serialNumber, three, publicKey, before))).toBe(true);
});

test('one GenDig goes on from another', () => {
  let tempKey = host.randomNonce();
  for (const source of SOURCES) tempKey = chipGenDig(host, source, tempKey);
  expect(holds(tempKey)).toBe(true);
});

test('a calculated Nonce of more than 20 bytes is refused, not cut', () => {
  chipLoad(driver, 'tempKey', counting(32));
  expect(() => chipRehash(host, counting(32), counting(32))).toThrow(
    expect.objectContaining({ code: 'EMU_E_CHIP_STATUS' }),
  );
});

test('64 bytes in TempKey count with their first half', () => {
  chipLoad(driver, 'tempKey', counting(64));
  const rehashed = chipRehash(host, counting(64), NUM_IN);
  chipLoad(driver, 'tempKey', counting(32));
  expect(chipRehash(host, counting(32), NUM_IN)).toEqual(rehashed);
});

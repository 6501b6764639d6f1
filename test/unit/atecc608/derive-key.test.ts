import { describe, expect, test } from 'vitest';
import { type Host, hex, keyConfigAt, seedChip, slotConfigAt, toHex } from '../../support/atecc608.ts';
import {
  checkMacData,
  filled,
  flipped,
  hasTempKey,
  le16,
  loadTempKey,
  randomTempKey,
  SERIAL,
  sha256,
  zeros,
} from '../../support/atecc608-messages.ts';

const DERIVE_KEY = 0x1c;
const KEY = filled(0x4b);
const PARENT = filled(0x9a);
const SEED = filled(0x6b);
const OWN = slotConfigAt(9);

/** WriteConfig of slot 9; its parent is slot 10. */
const ROLL = 0x2a84;
const CREATE = 0x3a84;
const ROLL_WITH_MAC = 0xaa84;
const CREATE_WITH_MAC = 0xba84;

const chip = (slotConfig: number, changes = {}, lock: 'config' | 'both' = 'both') =>
  seedChip({
    changes: { [OWN]: slotConfig, ...changes },
    lock,
    fill: (host) => {
      host.fill(9, KEY);
      host.fill(10, PARENT);
    },
  });
const derived = (parent: Uint8Array, mode: number, tempKey: Uint8Array, slot = 9) =>
  sha256(parent, Uint8Array.of(0x1c, mode), le16(slot), SERIAL, zeros(25), tempKey);
const macOf = (parent: Uint8Array, mode: number) => sha256(parent, Uint8Array.of(0x1c, mode), le16(9), SERIAL);
/** CheckMac tells which key the slot holds. */
const holds = (host: Host, key: Uint8Array) => host.status(0x28, 0, 9, checkMacData(key, SEED)) === 0;

describe('DeriveKey', () => {
  test('rolls a key: SHA-256(key || 1C || mode || slot || SN[8] || SN[0:1] || 25 × 00 || TempKey)', () => {
    const host = chip(ROLL);
    const random = randomTempKey(host);
    expect(host.status(DERIVE_KEY, 0x00, 9)).toBe(0);
    expect(holds(host, derived(KEY, 0x00, random))).toBe(true);
    expect(hasTempKey(host)).toBe(false);
    loadTempKey(host, SEED);
    expect(host.status(DERIVE_KEY, 0x04, 9)).toBe(0);
    expect(holds(host, derived(derived(KEY, 0x00, random), 0x04, SEED))).toBe(true);
  });

  test('creates a key from the parent that WriteKey names', () => {
    const host = chip(CREATE);
    const random = randomTempKey(host);
    expect(host.status(DERIVE_KEY, 0x00, 9)).toBe(0);
    expect(holds(host, derived(PARENT, 0x00, random))).toBe(true);
  });

  test.each([
    ['roll', ROLL_WITH_MAC, KEY],
    ['create', CREATE_WITH_MAC, PARENT],
  ])('with a MAC where WriteConfig asks for one, %s', (_, slotConfig, key) => {
    const host = chip(slotConfig);
    loadTempKey(host, SEED);
    expect(host.status(DERIVE_KEY, 0x04, 9)).toBe(0x0f);
    const mac = macOf(key, 0x04);
    for (let bit = 0; bit < 256; bit++) {
      loadTempKey(host, SEED);
      expect(host.status(DERIVE_KEY, 0x04, 9, flipped(mac, bit))).toBe(0x01);
      expect(hasTempKey(host)).toBe(false);
    }
    expect(holds(host, KEY)).toBe(true);
    loadTempKey(host, SEED);
    expect(host.status(DERIVE_KEY, 0x04, 9, mac)).toBe(0);
    expect(holds(host, derived(key, 0x04, SEED))).toBe(true);
  });

  test('compares a MAC that WriteConfig does not ask for', () => {
    const host = chip(ROLL);
    loadTempKey(host, SEED);
    expect(host.status(DERIVE_KEY, 0x04, 9, zeros(32))).toBe(0x01);
    loadTempKey(host, SEED);
    expect(host.status(DERIVE_KEY, 0x04, 9, macOf(KEY, 0x04))).toBe(0);
  });

  test('needs WriteConfig bit 13, the data lock, and a slot that is not locked', () => {
    for (const slotConfig of [0x0a84, 0x4a84, 0x8a84, 0x1a84]) {
      const host = chip(slotConfig);
      loadTempKey(host, SEED);
      expect(host.status(DERIVE_KEY, 0x04, 9)).toBe(0x0f);
    }
    const between = chip(ROLL, {}, 'config');
    loadTempKey(between, SEED);
    expect(between.status(DERIVE_KEY, 0x04, 9)).toBe(0x0f);
    const locked = chip(ROLL);
    expect(locked.status(0x17, 0x02 | (9 << 2))).toBe(0);
    loadTempKey(locked, SEED);
    expect(locked.status(DERIVE_KEY, 0x04, 9)).toBe(0x0f);
    expect(holds(locked, KEY)).toBe(true);
  });

  // A private key is written by GenKey and PrivWrite alone, whatever its parent is and whatever WriteConfig says.
  test('creates no key in a private slot', () => {
    for (const [keyConfig, status] of [
      [0x003c, 0x00],
      [0x003d, 0x0f],
      [0x0033, 0x0f],
    ] as const) {
      const host = seedChip({
        changes: { [OWN]: CREATE, [keyConfigAt(9)]: keyConfig },
        fill: (open) => open.fill(10, PARENT),
      });
      const before = host.chip.memory.slice();
      randomTempKey(host);
      expect(host.status(DERIVE_KEY, 0x00, 9)).toBe(status);
      if (status !== 0) expect(host.chip.memory).toEqual(before);
    }
  });

  test('never writes a private slot, nor takes a private key for the parent', () => {
    const host = chip(CREATE);
    loadTempKey(host, SEED);
    expect(host.status(DERIVE_KEY, 0x04, 0)).toBe(0x0f);
    const fromPrivate = chip(0x3284);
    loadTempKey(fromPrivate, SEED);
    expect(fromPrivate.status(DERIVE_KEY, 0x04, 9)).toBe(0x0f);
  });

  test('needs a TempKey of the SourceFlag that the mode names, without NoMac', () => {
    const host = chip(ROLL, { [slotConfigAt(6)]: 0x0f90 });
    expect(host.status(DERIVE_KEY, 0x04, 9)).toBe(0x0f);
    loadTempKey(host, SEED);
    expect(host.status(DERIVE_KEY, 0x00, 9)).toBe(0x0f);
    expect(host.status(0x15, 2, 6, zeros(4))).toBe(0);
    expect(host.status(DERIVE_KEY, 0x04, 9)).toBe(0x0f);
    host.command(0x40, 0x04, 0xffff);
    expect(host.status(DERIVE_KEY, 0x00, 9)).toBe(0x0f);
  });

  test("the parent's ReqRandom and LimitedUse hold", () => {
    const host = chip(CREATE, { [keyConfigAt(10)]: 0x007c, [slotConfigAt(10)]: 0x0faf });
    loadTempKey(host, SEED);
    expect(host.status(DERIVE_KEY, 0x04, 9)).toBe(0x0f);
    randomTempKey(host);
    expect(host.status(DERIVE_KEY, 0x00, 9)).toBe(0);
    expect(toHex(host.command(0x02, 0x00, 0x0d))).toBe('7FFFFFFF');
  });

  test('knows no other mode, slot or length', () => {
    const host = chip(ROLL);
    loadTempKey(host, SEED);
    for (const mode of [0x01, 0x02, 0x08, 0x84]) expect(host.status(DERIVE_KEY, mode, 9)).toBe(0x03);
    expect(host.status(DERIVE_KEY, 0x04, 16)).toBe(0x03);
    expect(host.status(DERIVE_KEY, 0x04, 9, hex('00'))).toBe(0x03);
    expect(hasTempKey(host)).toBe(true);
  });
});

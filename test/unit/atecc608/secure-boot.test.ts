import { describe, expect, test } from 'vitest';
import { type Changes, type Host, hex, keyConfigAt, seedChip, slotConfigAt, toHex } from '../../support/atecc608.ts';
import {
  filled,
  flipped,
  hasTempKey,
  joined,
  loadTempKey,
  mixed,
  randomTempKey,
  sha256,
  softKey,
  storedPoint,
} from '../../support/atecc608-messages.ts';

const SECURE_BOOT = 0x80;
const FULL = 0x05;
const STORE = 0x06;
const COPY = 0x07;
const key = softKey();
const image = new TextEncoder().encode('the code of the host');
const digest = sha256(image);
const signature = key.sign(image);
const full = joined(digest, signature);
const IO_KEY = filled(0x4b);
const SEED = filled(0x6b);

/** SecureBoot in bytes 70 and 71: the public key in slot 15, digest or signature in slot 12. */
const rules = (low: number): Changes => ({ 70: 0xfc00 | low, 90: 0x4002 });
const FULL_BOTH = 1;
const FULL_SIG = 2;
const FULL_DIG = 3;

const chip = (low: number, changes: Changes = {}, lock: 'config' | 'both' = 'both') =>
  seedChip({
    changes: { ...rules(low), ...changes },
    lock,
    fill: (host) => {
      host.fill(4, IO_KEY);
      host.fill(15, storedPoint(key.point));
    },
  });
const latch = (host: Host) => toHex(host.command(0x30, 4)).slice(0, 2);

describe('SecureBoot', () => {
  test('Full verifies digest and signature under the public key slot', () => {
    for (const mode of [FULL_BOTH, FULL_SIG, FULL_DIG]) {
      const host = chip(mode);
      expect(host.status(SECURE_BOOT, FULL, 0, full)).toBe(0);
      for (const bit of [0, 767]) expect(host.status(SECURE_BOOT, FULL, 0, flipped(full, bit))).toBe(0x01);
    }
  });

  test('Full refuses digest and signature with any bit turned', () => {
    const host = chip(FULL_BOTH);
    for (let bit = 0; bit < 8 * 96; bit++) {
      expect(host.status(SECURE_BOOT, FULL, 0, flipped(full, bit)), `bit ${bit}`).toBe(0x01);
    }
  });

  test('FullCopy keeps the digest, which FullStore compares', () => {
    const host = chip(FULL_DIG);
    expect(host.status(SECURE_BOOT, STORE, 0, digest)).toBe(0x01);
    expect(host.status(SECURE_BOOT, COPY, 0, flipped(full, 3))).toBe(0x01);
    expect(host.status(SECURE_BOOT, STORE, 0, digest)).toBe(0x01);
    expect(host.status(SECURE_BOOT, COPY, 0, full)).toBe(0);
    expect(host.command(0x02, 0x82, 12 << 3)).toEqual(digest);
    expect(host.status(SECURE_BOOT, STORE, 0, digest)).toBe(0);
    for (let bit = 0; bit < 256; bit++) expect(host.status(SECURE_BOOT, STORE, 0, flipped(digest, bit))).toBe(0x01);
  });

  test('FullCopy keeps the signature, which FullStore verifies', () => {
    const host = chip(FULL_SIG);
    expect(host.status(SECURE_BOOT, COPY, 0, full)).toBe(0);
    expect(joined(host.command(0x02, 0x82, 12 << 3), host.command(0x02, 0x82, 0x100 | (12 << 3)))).toEqual(signature);
    expect(host.status(SECURE_BOOT, STORE, 0, digest)).toBe(0);
    for (let bit = 0; bit < 256; bit++) expect(host.status(SECURE_BOOT, STORE, 0, flipped(digest, bit))).toBe(0x01);
  });

  test('FullBoth keeps nothing', () => {
    const host = chip(FULL_BOTH);
    expect(host.status(SECURE_BOOT, COPY, 0, full)).toBe(0x0f);
    expect(host.status(SECURE_BOOT, STORE, 0, digest)).toBe(0x0f);
  });

  test('is refused where the configuration has it off, and before the data lock', () => {
    expect(chip(0).status(SECURE_BOOT, FULL, 0, full)).toBe(0x0f);
    expect(chip(FULL_DIG, {}, 'config').status(SECURE_BOOT, FULL, 0, full)).toBe(0x0f);
  });

  test('needs a public key, and a slot for what it keeps', () => {
    expect(chip(FULL_DIG, { [keyConfigAt(15)]: 0x003c }).status(SECURE_BOOT, FULL, 0, full)).toBe(0x0f);
    // Slot 0 holds a private key; slot 5 is too short for a signature.
    expect(chip(FULL_DIG, { 70: 0xf003 }).status(SECURE_BOOT, COPY, 0, full)).toBe(0x0f);
    expect(chip(FULL_SIG, { 70: 0xf502 }).status(SECURE_BOOT, COPY, 0, full)).toBe(0x0f);
    const locked = chip(FULL_DIG);
    expect(locked.status(0x17, 0x02 | (12 << 2))).toBe(0);
    expect(locked.status(SECURE_BOOT, COPY, 0, full)).toBe(0x0f);
    expect(locked.status(SECURE_BOOT, FULL, 0, full)).toBe(0);
  });

  test('success sets the latch where bit 3 of the configuration says so', () => {
    const host = chip(FULL_DIG | 0x08);
    expect(host.status(SECURE_BOOT, FULL, 0, flipped(full, 1))).toBe(0x01);
    expect(latch(host)).toBe('00');
    expect(host.status(SECURE_BOOT, FULL, 0, full)).toBe(0);
    expect(latch(host)).toBe('01');
    const without = chip(FULL_DIG);
    without.status(SECURE_BOOT, FULL, 0, full);
    expect(latch(without)).toBe('00');
  });

  test('bit 6 prohibits it until the power goes', () => {
    const host = chip(FULL_DIG);
    expect(host.status(SECURE_BOOT, FULL | 0x40, 0, full)).toBe(0);
    host.sleep();
    expect(host.status(SECURE_BOOT, FULL, 0, full)).toBe(0x0f);
    host.chip.powerCycle();
    expect(host.status(SECURE_BOOT, FULL, 0, full)).toBe(0);
  });

  test('bit 6 prohibits it after a bad image too, and not where the command is refused', () => {
    const bad = chip(FULL_DIG);
    expect(bad.status(SECURE_BOOT, FULL | 0x40, 0, flipped(full, 3))).toBe(0x01);
    expect(bad.status(SECURE_BOOT, FULL, 0, full)).toBe(0x0f);
    bad.chip.powerCycle();
    expect(bad.status(SECURE_BOOT, FULL, 0, full)).toBe(0);
    const refused = chip(FULL_DIG | 0x10);
    // Without the random nonce that RandNonce asks, and with a length that no mode has.
    expect(refused.status(SECURE_BOOT, FULL | 0x40, 0, full)).toBe(0x0f);
    expect(refused.status(SECURE_BOOT, FULL | 0x40, 0, digest)).toBe(0x03);
    randomTempKey(refused);
    expect(refused.status(SECURE_BOOT, FULL, 0, full)).toBe(0);
  });

  test('counts each use of a public key with LimitedUse, and none where a stored digest is compared', () => {
    const host = chip(FULL_DIG, { [slotConfigAt(15)]: 0x0f2f });
    const uses = () => toHex(host.command(0x24, 0, 0));
    expect(host.status(SECURE_BOOT, COPY, 0, full)).toBe(0);
    expect(uses()).toBe('01000000');
    expect(host.status(SECURE_BOOT, STORE, 0, digest)).toBe(0);
    expect(uses()).toBe('01000000');
    expect(host.status(SECURE_BOOT, FULL, 0, flipped(full, 1))).toBe(0x01);
    expect(uses()).toBe('02000000');
  });

  test('takes TempKey away', () => {
    const host = chip(FULL_DIG);
    loadTempKey(host, SEED);
    host.status(SECURE_BOOT, FULL, 0, full);
    expect(hasTempKey(host)).toBe(false);
  });

  test('knows no other mode, param2 or length', () => {
    const host = chip(FULL_DIG);
    for (const mode of [0x00, 0x01, 0x04, 0x0d, 0x15, 0x25]) expect(host.status(SECURE_BOOT, mode, 0, full)).toBe(0x03);
    expect(host.status(SECURE_BOOT, FULL, 1, full)).toBe(0x03);
    expect(host.status(SECURE_BOOT, FULL, 0, digest)).toBe(0x03);
    expect(host.status(SECURE_BOOT, STORE, 0, full)).toBe(0x03);
  });
});

describe('SecureBoot with an encrypted digest', () => {
  const sessionKey = (tempKey: Uint8Array) => sha256(IO_KEY, tempKey);
  const encrypted = (session: Uint8Array) => mixed(digest, session);

  test('key = SHA-256(IO key || TempKey); MAC = SHA-256(key || digest || signature || 80 || mode || 0000)', () => {
    const host = chip(FULL_SIG);
    for (const [mode, sent] of [
      ['85', signature],
      ['87', signature],
      ['86', new Uint8Array(0)],
    ] as const) {
      const session = sessionKey(loadTempKey(host, SEED));
      const answer = host.command(SECURE_BOOT, Number.parseInt(mode, 16), 0, joined(encrypted(session), sent));
      expect(answer).toEqual(sha256(session, digest, signature, hex(`80 ${mode} 0000`)));
      expect(hasTempKey(host)).toBe(false);
    }
  });

  test('leaves the signature out where a stored digest is compared', () => {
    const host = chip(FULL_DIG);
    host.status(SECURE_BOOT, COPY, 0, full);
    const session = sessionKey(loadTempKey(host, SEED));
    expect(host.command(SECURE_BOOT, 0x86, 0, encrypted(session))).toEqual(sha256(session, digest, hex('80 86 0000')));
    loadTempKey(host, SEED);
    expect(host.status(SECURE_BOOT, 0x86, 0, flipped(encrypted(session), 77))).toBe(0x01);
    loadTempKey(host, SEED);
    expect(host.status(SECURE_BOOT, 0x86, 0, digest)).toBe(0x01);
  });

  test('needs the IO protection key and a TempKey', () => {
    const host = chip(FULL_DIG);
    expect(host.status(SECURE_BOOT, 0x85, 0, full)).toBe(0x0f);
    const without = chip(FULL_DIG, { 90: 0x4000 });
    loadTempKey(without, SEED);
    expect(without.status(SECURE_BOOT, 0x85, 0, full)).toBe(0x0f);
  });

  test('RandNonce asks a random TempKey, with encryption and without', () => {
    const host = chip(FULL_DIG | 0x10);
    const session = sessionKey(loadTempKey(host, SEED));
    expect(host.status(SECURE_BOOT, 0x85, 0, joined(encrypted(session), signature))).toBe(0x0f);
    expect(host.status(SECURE_BOOT, FULL, 0, full)).toBe(0x0f);
    const random = sessionKey(randomTempKey(host));
    expect(host.command(SECURE_BOOT, 0x85, 0, joined(encrypted(random), signature))).toHaveLength(32);
  });
});

import { describe, expect, test } from 'vitest';
import { type Host, hex, keyConfigAt, seedChip, slotConfigAt, toHex } from '../../support/atecc608.ts';
import { filled, hasTempKey, loadTempKey, randomTempKey, sha256, zeros } from '../../support/atecc608-messages.ts';

const MAC = 0x08;
const KEY = filled(0x4b);
const CHALLENGE = filled(0xc7);
const SEED = filled(0x6b);

const chip = (changes = {}, lock: 'config' | 'both' = 'both') =>
  seedChip({
    changes,
    lock,
    fill: (host) => {
      for (const slot of [4, 6, 9]) host.fill(slot, KEY);
    },
  });
/** 08 || mode || key id || 11 × 00 || SN[8] || SN[4:7] or zeros || SN[0:1] || SN[2:3] or zeros. */
const tail = (mode: string, { slot = '09', serial = '00000000', end = '0000' } = {}) =>
  hex(`08 ${mode} ${slot}00 0000000000000000000000 EE ${serial} 0123 ${end}`);

describe('MAC', () => {
  test('of the key and a challenge', () => {
    const host = chip();
    loadTempKey(host, SEED);
    expect(host.command(MAC, 0x00, 9, CHALLENGE)).toEqual(sha256(KEY, CHALLENGE, tail('00')));
    expect(hasTempKey(host)).toBe(true);
  });

  test('of the key and TempKey, which is gone afterwards', () => {
    const host = chip();
    const random = randomTempKey(host);
    expect(host.command(MAC, 0x01, 9)).toEqual(sha256(KEY, random, tail('01')));
    expect(hasTempKey(host)).toBe(false);
    loadTempKey(host, SEED);
    expect(host.command(MAC, 0x05, 9)).toEqual(sha256(KEY, SEED, tail('05')));
  });

  test('of TempKey and a challenge, and of TempKey twice', () => {
    const host = chip();
    loadTempKey(host, SEED);
    expect(host.command(MAC, 0x06, 9, CHALLENGE)).toEqual(sha256(SEED, CHALLENGE, tail('06')));
    expect(hasTempKey(host)).toBe(false);
    loadTempKey(host, SEED);
    expect(host.command(MAC, 0x07, 9)).toEqual(sha256(SEED, SEED, tail('07')));
  });

  test('with the whole serial number', () => {
    const whole = tail('40', { serial: 'C3D4E5F6', end: 'A1B2' });
    expect(chip().command(MAC, 0x40, 9, CHALLENGE)).toEqual(sha256(KEY, CHALLENGE, whole));
  });

  test('bit 2 has to match SourceFlag, but only where TempKey is used', () => {
    const host = chip();
    loadTempKey(host, SEED);
    expect(host.status(MAC, 0x01, 9)).toBe(0x0f);
    randomTempKey(host);
    expect(host.status(MAC, 0x05, 9)).toBe(0x0f);
    expect(host.status(MAC, 0x06, 9, CHALLENGE)).toBe(0x0f);
    expect(host.command(MAC, 0x04, 9, CHALLENGE)).toEqual(sha256(KEY, CHALLENGE, tail('04')));
  });

  test('needs the data zone to be locked', () => {
    expect(chip({}, 'config').status(MAC, 0x00, 9, CHALLENGE)).toBe(0x0f);
  });

  test('NoMac refuses the key, and the TempKey that was made of it', () => {
    const host = chip();
    expect(host.status(MAC, 0x00, 6, CHALLENGE)).toBe(0x0f);
    loadTempKey(host, SEED);
    expect(host.status(0x15, 2, 6, zeros(4))).toBe(0);
    expect(host.status(MAC, 0x06, 9, CHALLENGE)).toBe(0x0f);
    // The flag stays through GenDig of anything but another slot.
    expect(host.status(0x15, 0, 0)).toBe(0);
    expect(host.status(MAC, 0x06, 9, CHALLENGE)).toBe(0x0f);
  });

  test('never uses a private key, nor a private key in TempKey', () => {
    const host = chip();
    for (const slot of [0, 2, 7]) expect(host.status(MAC, 0x00, slot, CHALLENGE)).toBe(0x0f);
    host.command(0x40, 0x04, 0xffff);
    expect(host.status(MAC, 0x01, 9)).toBe(0x0f);
    expect(host.status(MAC, 0x02, 9, CHALLENGE)).toBe(0x0f);
  });

  test('ReqRandom asks a random TempKey where TempKey goes in beside the key', () => {
    const host = chip();
    loadTempKey(host, SEED);
    expect(host.status(MAC, 0x05, 4)).toBe(0x0f);
    const random = randomTempKey(host);
    expect(host.command(MAC, 0x01, 4)).toEqual(sha256(KEY, random, tail('01', { slot: '04' })));
  });

  test('ReqRandom asks nothing where the challenge alone goes in', () => {
    const host = chip();
    for (const mode of ['00', '04']) {
      const expected = sha256(KEY, CHALLENGE, tail(mode, { slot: '04' }));
      expect(host.command(MAC, Number.parseInt(mode, 16), 4, CHALLENGE)).toEqual(expected);
    }
    const whole = tail('40', { slot: '04', serial: 'C3D4E5F6', end: 'A1B2' });
    expect(host.command(MAC, 0x40, 4, CHALLENGE)).toEqual(sha256(KEY, CHALLENGE, whole));
    // A TempKey of fixed input is not in the message.
    loadTempKey(host, SEED);
    expect(host.command(MAC, 0x00, 4, CHALLENGE)).toHaveLength(32);
    expect(hasTempKey(host)).toBe(true);
  });

  test('LimitedUse counts each, up to the limit', () => {
    const counter = (host: Host) => toHex(host.command(0x02, 0x00, 0x0d));
    const host = seedChip({
      changes: { [slotConfigAt(9)]: 0x44e4, 18: 0x00a1 },
      fill: (open) => open.fill(10, hex('01000000')),
    });
    expect(host.command(MAC, 0x00, 9, CHALLENGE)).toHaveLength(32);
    expect(counter(host)).toBe('7FFFFFFF');
    expect(host.status(MAC, 0x00, 9, CHALLENGE)).toBe(0x0f);
    expect(counter(host)).toBe('7FFFFFFF');
    loadTempKey(host, SEED);
    // Without the slot's key it is no use of it.
    expect(host.command(MAC, 0x06, 9, CHALLENGE)).toHaveLength(32);
    expect(counter(host)).toBe('7FFFFFFF');
  });

  test('PersistentDisable asks the latch', () => {
    const host = chip({ [keyConfigAt(9)]: 0x103c });
    expect(host.status(MAC, 0x00, 9, CHALLENGE)).toBe(0x0f);
    host.command(0x30, 4, 0x0003);
    expect(host.command(MAC, 0x00, 9, CHALLENGE)).toHaveLength(32);
  });

  test('knows no other mode, key id or length', () => {
    const host = chip();
    loadTempKey(host, SEED);
    for (const mode of [0x08, 0x10, 0x20, 0x80]) expect(host.status(MAC, mode, 9, CHALLENGE)).toBe(0x03);
    expect(host.status(MAC, 0x00, 16, CHALLENGE)).toBe(0x03);
    expect(host.status(MAC, 0x00, 9)).toBe(0x03);
    expect(host.status(MAC, 0x05, 9, CHALLENGE)).toBe(0x03);
    expect(host.status(MAC, 0x00, 9, zeros(31))).toBe(0x03);
    expect(hasTempKey(host)).toBe(true);
  });
});

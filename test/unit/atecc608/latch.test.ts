import { describe, expect, test } from 'vitest';
import { type Host, seedChip, toHex } from '../../support/atecc608.ts';
import { checkMacData, filled } from '../../support/atecc608-messages.ts';

const KEY = filled(0x4b);
const CHALLENGE = filled(0xc7);
const SET = 0x0003;
const CLEAR = 0x0002;

/** VolatileKeyPermission is byte 69, above UseLock. */
const PERMISSION_OF_10 = { 68: 0x8a00 };

const chip = (changes = {}) =>
  seedChip({
    changes,
    fill: (host) => {
      for (const slot of [10, 12]) host.fill(slot, KEY);
    },
  });
const latch = (host: Host) => toHex(host.command(0x30, 4));
const prove = (host: Host, slot: number) => host.status(0x28, 0, slot, checkMacData(KEY, CHALLENGE));

describe('the persistent latch', () => {
  test('is set and cleared freely without VolatileKeyPermission', () => {
    const host = chip();
    expect(latch(host)).toBe('00000000');
    expect(toHex(host.command(0x30, 4, SET))).toBe('01000000');
    expect(toHex(host.command(0x30, 4, CLEAR))).toBe('00000000');
  });

  test('survives sleep and idle, and not the loss of power', () => {
    const host = chip();
    host.command(0x30, 4, SET);
    host.sleep();
    expect(latch(host)).toBe('01000000');
    host.chip.powerCycle();
    expect(latch(host)).toBe('00000000');
  });

  test('VolatileKeyPermission asks one CheckMac with its slot for each setting, and none for clearing', () => {
    const host = chip(PERMISSION_OF_10);
    expect(host.status(0x30, 4, SET)).toBe(0x0f);
    prove(host, 12);
    expect(host.status(0x30, 4, SET)).toBe(0x0f);
    prove(host, 10);
    expect(toHex(host.command(0x30, 4, SET))).toBe('01000000');
    expect(toHex(host.command(0x30, 4, CLEAR))).toBe('00000000');
    expect(host.status(0x30, 4, SET)).toBe(0x0f);
  });

  test('SecureBoot, which may set it, takes nothing from the host: VolatileKeyPermission alone does', () => {
    const persist = { 70: 0x000a };
    const free = chip(persist);
    expect(toHex(free.command(0x30, 4, SET))).toBe('01000000');
    expect(toHex(free.command(0x30, 4, CLEAR))).toBe('00000000');
    // Without bit 7 of byte 69 its slot means nothing.
    expect(toHex(chip({ ...persist, 68: 0x0a00 }).command(0x30, 4, SET))).toBe('01000000');
    const asked = chip({ ...persist, ...PERMISSION_OF_10 });
    expect(asked.status(0x30, 4, SET)).toBe(0x0f);
    prove(asked, 10);
    expect(toHex(asked.command(0x30, 4, SET))).toBe('01000000');
  });
});

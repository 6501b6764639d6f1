import { describe, expect, test } from 'vitest';
import { type Host, seedChip } from '../../support/atecc608.ts';
import { checkMacData, filled } from '../../support/atecc608-messages.ts';

const KEY = filled(0x4b);
const CHALLENGE = filled(0xc7);
/** UseLock is byte 68: A enables it, the key is slot 10's. */
const LOCKED = { 68: 0x00aa };

const chip = (lock: 'config' | 'both' = 'both', changes = LOCKED) =>
  seedChip({
    changes,
    lock,
    fill: (host) => {
      for (const slot of [10, 12]) host.fill(slot, KEY);
    },
  });
const prove = (host: Host, slot: number, key = KEY) => host.status(0x28, 0, slot, checkMacData(key, CHALLENGE));
const works = (host: Host) => host.command(0x08, 0x00, 12, CHALLENGE).length === 32;

describe('the transport lock (UseLock)', () => {
  test('leaves what identifies the chip and what proves the key', () => {
    const host = chip();
    expect(works(host)).toBe(false);
    expect(host.status(0x02, 0x82, 10 << 3)).toBe(0x0f);
    expect(host.status(0x40, 0x04, 0)).toBe(0x0f);
    expect(host.status(0x12, 0x82, 10 << 3, KEY)).toBe(0x0f);
    expect(host.command(0x02, 0x80, 0)).toHaveLength(32);
    expect(host.command(0x30)).toHaveLength(4);
    expect(host.command(0x1b)).toHaveLength(32);
  });

  test('opens with CheckMac of its key, until sleep', () => {
    const host = chip();
    expect(prove(host, 12)).toBe(0);
    expect(works(host)).toBe(false);
    expect(prove(host, 10, CHALLENGE)).toBe(0x01);
    expect(works(host)).toBe(false);
    expect(prove(host, 10)).toBe(0);
    expect([works(host), works(host)]).toEqual([true, true]);
    host.sleep();
    expect(works(host)).toBe(false);
  });

  test('begins with the data lock, and needs the value A', () => {
    expect(chip('config').status(0x12, 0x82, 10 << 3, KEY)).toBe(0);
    expect(works(chip('both', { 68: 0x00af }))).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import { isTransportLocked } from '../../../emulator/atecc608/transport-lock.ts';
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

  // Opcodes of the data sheet, section 3.
  test('refuses every command but Info, Nonce, Random, CheckMac, SelfTest and reads of the configuration', () => {
    const { chip: locked } = chip();
    const memory = { memory: locked.memory, unspecifiedBehaviour: { useLock: 'honoured' }, transportUnlocked: false };
    const all = [0x51, 0x28, 0x24, 0x1c, 0x43, 0x15, 0x40, 0x30, 0x56, 0x17, 0x08];
    const others = [0x16, 0x46, 0x1b, 0x02, 0x80, 0x77, 0x47, 0x41, 0x20, 0x45, 0x12];
    const open = [...all, ...others].filter((opcode) => !isTransportLocked(memory as never, opcode, 0x02));
    expect(open.sort()).toEqual([0x28, 0x30, 0x16, 0x1b, 0x77].sort());
    expect([0x00, 0x80, 0x01, 0x02, 0x82].map((mode) => isTransportLocked(memory as never, 0x02, mode))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
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

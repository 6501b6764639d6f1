import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { type Host, hex, type SeedChipOptions, seedChip, slotConfigAt } from '../../support/atecc608.ts';
import { filled, hasTempKey } from '../../support/atecc608-messages.ts';

const RANDOM = 0x1b;
const PEER = nodeCrypto.publicKey(filled(1)) ?? new Uint8Array(0);
/** ChipOptions with the IO protection key in slot 4, and with bit 3 or without. */
const CLEARS = 0x400a;
const KEEPS = 0x4002;

const chip = (failingHealthTests: number, chipOptions: number, options: SeedChipOptions = {}) => {
  const host = seedChip({
    changes: { 90: chipOptions, [slotConfigAt(0)]: 0x2087 },
    fill: (open) => {
      open.fill(4, filled(4));
      open.fill(10, filled(10));
      open.chip.memory.set(filled(1), 192 + 4);
    },
    ...options,
    failingHealthTests,
  });
  return host;
};

/** Every command that draws of the generator, and the length of its answer. */
const DRAWS: [string, (host: Host) => Uint8Array, number][] = [
  ['Random', (host) => host.command(RANDOM), 32],
  ['Nonce', (host) => host.command(0x16, 0x00, 0, filled(0, 20)), 32],
  ['GenKey in a slot', (host) => host.command(0x40, 0x04, 0), 64],
  ['GenKey in TempKey', (host) => host.command(0x40, 0x04, 0xffff), 64],
  ['Sign', (host) => host.command(0x41, 0xa0, 0), 64],
  ['ECDH with encrypted output', (host) => host.command(0x43, 0x0e, 0, PEER), 64],
  ['KDF with encrypted output', (host) => host.command(0x56, 0x56, 10, hex('02 00 00 01 AA')), 64],
];

describe('a health test of the generator that fails', () => {
  test.each(DRAWS)(
    'makes %s answer 08 and change nothing; where ChipOptions bit 3 is set the next passes',
    (...row) => {
      const [, draw, length] = row;
      const host = chip(1, CLEARS);
      host.status(0x16, 0x43, 0, filled(7));
      const before = host.chip.memory.slice();
      expect(draw(host)).toEqual(hex('08'));
      expect(host.chip.memory).toEqual(before);
      expect(hasTempKey(host)).toBe(false);
      expect(draw(host)).toHaveLength(length);
    },
  );

  test('without that bit stays until sleep', () => {
    const host = chip(1, KEEPS);
    expect([host.status(RANDOM), host.status(RANDOM)]).toEqual([0x08, 0x08]);
    expect(host.status(0x40, 0x04, 0)).toBe(0x08);
    host.sleep();
    expect(host.command(RANDOM)).toHaveLength(32);
  });

  test('fails as often as it is told to', () => {
    const host = chip(2, CLEARS);
    expect([host.status(RANDOM), host.status(RANDOM)]).toEqual([0x08, 0x08]);
    expect(host.command(RANDOM)).toHaveLength(32);
  });

  test('is none of commands that draw nothing, nor of the pattern before the configuration lock', () => {
    const host = chip(1, CLEARS);
    expect(host.command(0x43, 0x0c, 0, PEER)).toHaveLength(32);
    expect(host.command(0x40, 0x00, 0)).toHaveLength(64);
    expect(host.status(RANDOM)).toBe(0x08);
    expect(seedChip({ lock: 'none', failingHealthTests: 1 }).command(RANDOM)).toHaveLength(32);
  });
});

import { describe, expect, test } from 'vitest';
import { Host, hex, makeChip, seedChip, toHex } from '../../support/atecc608.ts';

const COUNTER = 0x24;
const stored = (host: Host, index: number) => toHex(host.chip.memory.subarray(52 + 8 * index, 60 + 8 * index));

describe('Counter', () => {
  test('reads and counts both counters, in any lock state', () => {
    for (const host of [new Host(makeChip()), seedChip({ lock: 'config' }), seedChip()]) {
      for (const index of [0, 1]) {
        // A fresh part's counters are at zero.
        host.chip.memory.set(hex('FFFFFFFF00000000'), 52 + 8 * index);
        expect(toHex(host.command(COUNTER, 0, index))).toBe('00000000');
        expect(toHex(host.command(COUNTER, 1, index))).toBe('01000000');
        expect(stored(host, index)).toBe('7FFFFFFF00000000');
        expect(toHex(host.command(COUNTER, 0, index))).toBe('01000000');
      }
    }
  });

  // Data sheet, section 6: linear halves lose a bit a count in turns of sixteen, binary halves count the turns.
  test.each([
    ['0000FFFF00000000', '11000000', '00007FFF00000000'],
    ['0000000100000000', '20000000', 'FFFF000000010000'],
    ['FFFF000000010000', '21000000', '7FFF000000010000'],
    ['0000000300000000', '1F000000', '0000000100000000'],
    ['00000003FFFFFFFF', 'FFFF1F00', '00000001FFFFFFFF'],
  ])('counts on from %s to %s', (before, value, after) => {
    const host = seedChip();
    host.chip.memory.set(hex(before), 60);
    expect(toHex(host.command(COUNTER, 1, 1))).toBe(value);
    expect(stored(host, 1)).toBe(after);
  });

  test('ends at 2097151', () => {
    const host = seedChip();
    host.chip.memory.set(hex('00000001FFFFFFFF'), 60);
    expect(toHex(host.command(COUNTER, 0, 1))).toBe('FFFF1F00');
    expect(host.status(COUNTER, 1, 1)).toBe(0x0f);
    expect(stored(host, 1)).toBe('00000001FFFFFFFF');
  });

  test('CountMatch limits keys, not the counter', () => {
    const host = seedChip({ changes: { 18: 0x00a1 }, fill: (open) => open.fill(10, new Uint8Array(72)) });
    expect(toHex(host.command(COUNTER, 1, 0))).toBe('01000000');
  });

  test('knows no other modes and counters', () => {
    for (const [mode, index] of [
      [2, 0],
      [0x80, 0],
      [0, 2],
      [1, 0x100],
    ]) {
      expect(seedChip().status(COUNTER, mode, index)).toBe(0x03);
    }
    expect(seedChip().status(COUNTER, 0, 0, new Uint8Array(1))).toBe(0x03);
  });
});

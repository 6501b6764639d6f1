import { expect, test } from 'vitest';
import { commandOf } from '../../../emulator/atecc608/commands/table.ts';

const range = (from: number, to: number) => Array.from({ length: to + 1 - from }, (_, index) => from + index);

// Data sheet, section 3: opcodes, what follows param2, and the longest execution times at the clock dividers M0, M1 and M2.
test.each<[name: string, opcode: number, lengths: readonly number[], ms: readonly [number, number, number]]>([
  ['AES', 0x51, [16, 32], [27, 27, 27]],
  ['CheckMac', 0x28, [77], [40, 40, 40]],
  ['Counter', 0x24, [0], [25, 25, 25]],
  ['DeriveKey', 0x1c, [0, 32], [50, 50, 50]],
  ['ECDH', 0x43, [64], [75, 172, 531]],
  ['GenDig', 0x15, [0, 4, 32], [25, 35, 35]],
  ['GenKey', 0x40, [0, 3], [115, 215, 653]],
  ['Info', 0x30, [0], [5, 5, 5]],
  ['KDF', 0x56, range(4, 132), [165, 165, 165]],
  ['Lock', 0x17, [0], [35, 35, 35]],
  ['MAC', 0x08, [0, 32], [55, 55, 55]],
  ['Nonce', 0x16, [20, 32, 64], [20, 20, 20]],
  ['PrivWrite', 0x46, [68], [50, 50, 50]],
  ['Random', 0x1b, [0], [23, 23, 23]],
  ['Read', 0x02, [0], [5, 5, 5]],
  ['SecureBoot', 0x80, [32, 96], [80, 160, 480]],
  ['SelfTest', 0x77, [0], [250, 625, 2324]],
  ['SHA', 0x47, range(0, 144), [36, 42, 75]],
  ['Sign', 0x41, [0], [115, 220, 665]],
  ['UpdateExtra', 0x20, [0], [10, 10, 10]],
  ['Verify', 0x45, [64, 83, 128], [105, 295, 1085]],
  ['Write', 0x12, [4, 32, 64], [45, 45, 45]],
])('%s', (name, opcode, lengths, ms) => {
  const command = commandOf(opcode);
  expect([command?.name, command?.opcode]).toEqual([name, opcode]);
  expect([...(command?.lengths ?? [])].sort((a, b) => a - b)).toEqual(lengths);
  expect(command?.executionTime).toEqual(ms);
});

test('there are no other commands', () => {
  expect(range(0, 255).filter((opcode) => commandOf(opcode) !== undefined)).toHaveLength(22);
});

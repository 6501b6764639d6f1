import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandOf } from '../../../emulator/atecc608/commands/table.ts';
import { OPCODE } from '../../../emulator/atecc608/index.ts';
import { seedChip } from '../../support/atecc608.ts';

const HERE = 'test/unit/atecc608';

interface Row {
  readonly command: string;
  readonly mode: string;
  readonly modelled: string;
  readonly source: string;
  readonly test: string;
}

const page = readFileSync('docs/atecc608a.md', 'utf8');
const commands = page.slice(page.indexOf('\n## Commands'), page.indexOf('\n## Keys'));
const rows = commands
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line): Row => {
    const [command = '', mode = '', modelled = '', source = '', tests = ''] = line
      .split(/(?<!\\)\|/)
      .slice(1)
      .map((cell) => cell.trim());
    return { command, mode, modelled, source, test: tests };
  });

test('docs/atecc608a.md has rows for every command of the chip, and for no other', () => {
  expect([...new Set(rows.map(({ command }) => command))].sort()).toEqual(Object.keys(OPCODE).sort());
});

test.each(Object.entries(OPCODE))('it says of %s what the table of commands says', (name, opcode) => {
  const modelled = rows.filter((row) => row.command === name && row.modelled === 'yes');
  expect(modelled.length > 0).toBe(commandOf(opcode) !== undefined);
  expect(commandOf(opcode)?.name ?? name).toBe(name);
});

test.each(rows)('its row of $command, $mode has a source, and names tests that are there', (row) => {
  const { modelled, source, test: files } = row;
  expect(['yes', 'no', 'refused']).toContain(modelled);
  expect(source).not.toBe('');
  if (modelled === 'no') return;
  expect(files).toMatch(/\.test\.ts/);
  for (const file of files.split(', ')) expect(existsSync(file.includes('/') ? file : `${HERE}/${file}`)).toBe(true);
});

/** The modes that a row gives as numbers: `0, 4 key and challenge; 1, 5 key and TempKey`. Lengths are none. */
function modesOf({ mode }: Row): number[] {
  const numbers = mode.matchAll(/(?<=^|[,;] )([0-9A-F]{1,2})(?=,|;| (?!or |and )|$)/g);
  return [...numbers].map(([, digits = '']) => Number.parseInt(digits, 16));
}

const numbered = rows.flatMap((row) => modesOf(row).map((mode) => ({ ...row, number: mode })));

test('most rows give their modes as numbers', () => {
  expect(new Set(numbered.map(({ command, mode }) => `${command} ${mode}`)).size).toBeGreaterThan(rows.length / 2);
});

/** Parse errors are about the packet alone; whatever else a chip says of a mode, it knows it. */
const PARSE_ERROR = 0x03;
/** Slots, TempKey, the public key of Verify, a calculated Nonce; beside them SHA wants the length. */
const PARAM2 = [0x0000, 0x0001, 0x0005, 0xffff, 0x0004, 0x8000];

test.each(numbered)('the chip takes $command $number, or not, as its row says: $modelled', (row) => {
  const opcode = OPCODE[row.command as keyof typeof OPCODE];
  const taken = (commandOf(opcode)?.lengths ?? []).some((length) =>
    [...PARAM2, length].some((param2) => {
      const reply = seedChip().command(opcode, row.number, param2, new Uint8Array(length));
      return reply.length > 1 || reply[0] !== PARSE_ERROR;
    }),
  );
  expect(taken).toBe(row.modelled === 'yes');
});

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandOf } from '../../../emulator/atecc608/commands/table.ts';
import { OPCODE } from '../../../emulator/atecc608/index.ts';

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

test.each(rows)('its row of $command, $mode is whole', ({ modelled, source, test: files }) => {
  expect(['yes', 'no', 'refused']).toContain(modelled);
  expect(source).not.toBe('');
  if (modelled === 'no') return;
  expect(files).toMatch(/\.test\.ts/);
  for (const file of files.split(', ')) expect(existsSync(file.includes('/') ? file : `${HERE}/${file}`)).toBe(true);
});

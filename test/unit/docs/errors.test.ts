import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.ts';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');

/** Codes where an error is made of them, or a table says what errors are made of. */
function codesInSource(): Set<string> {
  const files = ['emulator', 'src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(root, folder, name)),
  );
  const made = /(?:new EmuError\(\s*|\bcode: )['"`](EMU_E_\w+)(?:['"`]|\$\{(?!string\}))/g;
  return new Set(files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(made)].map(([, code = '']) => code)));
}

/** The first cells of the page's tables: codes in one, numbers in the other. */
function firstCells(pattern: RegExp): string[] {
  // A code that ends in `…` is made of a prefix and a state.
  return [...page.matchAll(new RegExp(`^\\| \`?(${pattern.source})…?\`? \\|`, 'gm'))].map(([, cell = '']) => cell);
}

test('docs/errors.md lists every error code of the source and no other', () => {
  expect(firstCells(/EMU_E_\w+/).toSorted()).toEqual([...codesInSource()].toSorted());
});

test('docs/errors.md lists every exit code of the program and no other', () => {
  expect(firstCells(/\d+/).map(Number).toSorted()).toEqual(Object.values(EXIT).toSorted());
});

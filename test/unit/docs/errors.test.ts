import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EmuError } from '../../../emulator/errors.ts';
import { EXIT, exitCodeOf } from '../../../src/cli/errors/exit-codes.ts';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');

/** The code of each TypeScript file below `folder`, but this one: what stands in comments says nothing. */
function sourcesIn(folder: string, except: readonly string[] = []): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, folder, name))
    .filter((file) => file !== import.meta.filename && !except.includes(file))
    .map((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(?:\/\/|\/\*|\*)/.test(line))
        .join('\n'),
    );
}

/** Exit codes go by how a code begins. */
const BEGINNINGS = [join(root, 'src/cli/errors/exit-codes.ts')];

/** Every code that the source spells out, wherever it does; one that ends in `_` is made of that and a state. */
function codesInSource(): Set<string> {
  const spelt = /['"`](EMU_E_[A-Z0-9_]*(?:[A-Z0-9](?=['"`])|_(?=\$\{(?!string\}))))/g;
  const sources = ['emulator', 'src'].flatMap((folder) => sourcesIn(folder, BEGINNINGS));
  return new Set(sources.flatMap((source) => [...source.matchAll(spelt)].map(([, code = '']) => code)));
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

test('every error code of docs/errors.md is named by a test', () => {
  const tests = sourcesIn('test').join('\n');
  // A prefix is not named by a code that only begins like it, unless it is one to which a state is added.
  const named = (code: string) => new RegExp(code.endsWith('_') ? `${code}[A-Z]` : `${code}\\b`).test(tests);
  expect(firstCells(/EMU_E_\w+/).filter((code) => !named(code))).toEqual([]);
});

test('docs/errors.md says how the program ends with each of its codes', () => {
  const sentence = /^An (`.*`) error ends with 2, (`.*`) with 104, `(EMU_E_\w+)` with 107, every other with 1\.$/m.exec(
    page,
  );
  const beginnings = (text = '') => [...text.matchAll(/`(EMU_E_\w+)…`/g)].map(([, code = '']) => code);
  const said = [beginnings(sentence?.[1]), beginnings(sentence?.[2])] as const;
  expect(said.map((codes) => codes.length)).toEqual([3, 4]);
  for (const code of firstCells(/EMU_E_\w+/)) {
    const [usage, invalid] = said.map((codes) => codes.some((beginning) => code.startsWith(beginning)));
    const exit = usage ? 2 : invalid ? 104 : code === sentence?.[3] ? 107 : 1;
    expect(exitCodeOf(new EmuError(code as `EMU_E_${string}`, 'any')), code).toBe(exit);
  }
});

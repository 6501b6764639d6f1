import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OutputDirectory } from '../../../src/report/index.ts';

let base: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'emu-out-'));
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

test('makes the directory, replaces the file and leaves nothing else', () => {
  const directory = new OutputDirectory(join(base, 'a', 'b'), 'summary.json');
  directory.write('summary.json', 'old');
  expect(directory.write('summary.json', 'new')).toBe(join(base, 'a', 'b', 'summary.json'));
  expect(readdirSync(join(base, 'a', 'b'))).toEqual(['summary.json']);
  expect(readFileSync(join(base, 'a', 'b', 'summary.json'), 'utf8')).toBe('new');
});

test('the result of an earlier run is not replaced, other files beside it do not matter', () => {
  writeFileSync(join(base, 'notes.txt'), '');
  new OutputDirectory(base, 'summary.json').write('summary.json', 'earlier');
  expect(() => new OutputDirectory(base, 'summary.json')).toThrow(
    expect.objectContaining({
      code: 'EMU_E_USAGE_OUT',
      message: `--out: the result of an earlier run is in ${join(base, 'summary.json')}`,
    }),
  );
  expect(readFileSync(join(base, 'summary.json'), 'utf8')).toBe('earlier');
  expect(readdirSync(base).sort()).toEqual(['notes.txt', 'summary.json']);
});

test('a file in the way is a usage mistake, found before anything runs', () => {
  writeFileSync(join(base, 'file'), '');
  expect(() => new OutputDirectory(join(base, 'file', 'sub'), 'summary.json')).toThrow(
    expect.objectContaining({
      code: 'EMU_E_USAGE_OUT',
      message: expect.stringMatching(/a file has this name already$/),
    }),
  );
});

test('a directory that vanished is an error at the end, with the old summary untouched', () => {
  const directory = new OutputDirectory(join(base, 'gone'), 'summary.json');
  rmSync(join(base, 'gone'), { recursive: true });
  expect(() => directory.write('summary.json', 'x')).toThrow(expect.objectContaining({ code: 'EMU_E_OUT' }));
});

test('a directory that may not be written is a usage mistake', () => {
  // Nobody writes here, root included.
  expect(() => new OutputDirectory('/proc/self', 'summary.json')).toThrow(
    expect.objectContaining({ code: 'EMU_E_USAGE_OUT' }),
  );
});

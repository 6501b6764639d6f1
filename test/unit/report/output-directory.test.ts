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
  const directory = new OutputDirectory(join(base, 'a', 'b'));
  directory.write('summary.json', 'old');
  expect(directory.write('summary.json', 'new')).toBe(join(base, 'a', 'b', 'summary.json'));
  expect(readdirSync(join(base, 'a', 'b'))).toEqual(['summary.json']);
  expect(readFileSync(join(base, 'a', 'b', 'summary.json'), 'utf8')).toBe('new');
});

test('a file in the way is a usage mistake, found before anything runs', () => {
  writeFileSync(join(base, 'file'), '');
  expect(() => new OutputDirectory(join(base, 'file', 'sub'))).toThrow(
    expect.objectContaining({
      code: 'EMU_E_USAGE_OUT',
      message: expect.stringMatching(/a file has this name already$/),
    }),
  );
});

test('a directory that vanished is an error at the end, with the old summary untouched', () => {
  const directory = new OutputDirectory(join(base, 'gone'));
  rmSync(join(base, 'gone'), { recursive: true });
  expect(() => directory.write('summary.json', 'x')).toThrow(expect.objectContaining({ code: 'EMU_E_OUT' }));
});

test('a directory that may not be written is a usage mistake', () => {
  // Nobody writes here, root included.
  expect(() => new OutputDirectory('/proc/self')).toThrow(expect.objectContaining({ code: 'EMU_E_USAGE_OUT' }));
});

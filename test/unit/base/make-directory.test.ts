import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeDirectory, makeOutDirectory } from '../../../src/base/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'emu-directory-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('a directory is made with those above it, and removed with them while they are empty', () => {
  const remove = makeDirectory(join(scratch, 'a/b/c'));
  expect(existsSync(join(scratch, 'a/b/c'))).toBe(true);
  remove();
  expect(readdirSync(scratch)).toEqual([]);
});

test('what somebody put into it stays', () => {
  const remove = makeDirectory(join(scratch, 'kept/inner'));
  writeFileSync(join(scratch, 'kept/mine'), '');
  remove();
  expect(readdirSync(join(scratch, 'kept'))).toEqual(['mine']);
});

test('a refusal ends, and leaves nothing', () => {
  expect(() => makeDirectory('/proc/none')).toThrow('ENOENT');
  expect(() => makeDirectory(join(scratch, 'half', 'x'.repeat(300)))).toThrow('ENAMETOOLONG');
  expect(existsSync(join(scratch, 'half'))).toBe(false);
});

test('the directory of --out is empty or new, and is left as it was', () => {
  const full = mkdtempSync(join(scratch, 'full-'));
  makeOutDirectory(full)();
  expect(existsSync(full)).toBe(true);
  writeFileSync(join(full, 'mine'), '');
  expect(() => makeOutDirectory(full)).toThrow(`--out: cannot write into ${full}: it is not empty: mine`);
  expect(() => makeOutDirectory('/proc/none')).toThrow('--out: cannot write into /proc/none: there is no such file');
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { EmuError } from '../../../emulator/errors.ts';
import { GrowingFile } from '../../../src/trace/growing-file.ts';
import { TraceFiles } from '../../../src/trace/trace-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'emu-growing-'));
afterAll(() => rmSync(directory, { recursive: true }));

const unexpected = (error: EmuError) => {
  throw error;
};

it('keeps the order of what is written, long and short, and nothing back when it is closed', () => {
  const path = join(directory, 'order');
  const file = new GrowingFile(path, { mode: 0o600, onFailure: unexpected });
  const parts = ['a'.repeat(10), 'b'.repeat(65_530), 'c'.repeat(200_000), 'd', 'é'];
  for (const part of parts) file.write(part);
  // No more than 64 KiB are held back.
  expect(statSync(path).size).toBeGreaterThanOrEqual(200_000);
  file.close();
  expect(readFileSync(path, 'utf8')).toBe(parts.join(''));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  file.close();
});

it.runIf(process.platform === 'linux')('says once that the disk is full, and takes no notice of what follows', () => {
  const failures: EmuError[] = [];
  const file = new GrowingFile('/dev/full', { onFailure: (error) => failures.push(error) });
  for (let i = 0; i < 5; i++) file.write('x'.repeat(50_000));
  file.close();
  expect(failures.map(({ code, message }) => [code, message])).toEqual([
    ['EMU_E_TRACE', 'cannot write /dev/full any further: the disk is full'],
  ]);
});

it('names the file that cannot be begun', () => {
  const mqtt = join(directory, 'taken');
  mkdirSync(mqtt);
  expect(() => new TraceFiles({ i2c: join(directory, 'i2c'), mqtt }, unexpected)).toThrowError(
    expect.objectContaining({ code: 'EMU_E_USAGE_OUT', message: `cannot write ${mqtt}: it is a directory` }),
  );
});

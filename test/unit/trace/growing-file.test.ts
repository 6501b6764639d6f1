import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EmuError } from '../../../emulator/errors.ts';
import { GrowingFile } from '../../../src/trace/growing-file.ts';
import { CaptureFile } from '../../../src/trace/index.ts';
import { TraceFiles } from '../../../src/trace/trace-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'emu-growing-'));
afterAll(() => rmSync(directory, { recursive: true }));

const unexpected = (error: EmuError) => {
  throw error;
};

it('keeps the order of what is written, long and short, and nothing back when it is closed', () => {
  const path = join(directory, 'order');
  const file = new GrowingFile(path, { isSecret: true, onFailure: unexpected });
  const parts = ['a'.repeat(10), 'b'.repeat(65_530), 'c'.repeat(200_000), 'd', 'é'];
  for (const part of parts) file.write(part);
  // No more than 64 KiB are held back.
  expect(statSync(path).size).toBeGreaterThanOrEqual(200_000);
  file.close();
  expect(readFileSync(path, 'utf8')).toBe(parts.join(''));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  file.close();
});

describe('a file for secrets', () => {
  const secret = (path: string) => new GrowingFile(path, { isSecret: true, onFailure: unexpected });
  const modeOf = (path: string) => statSync(path).mode & 0o777;

  it("is its owner's alone whatever was there, and who had that open reads nothing of it", () => {
    const path = join(directory, 'was-open');
    writeFileSync(path, 'old', { mode: 0o644 });
    const reader = openSync(path, 'r');
    const file = secret(path);
    file.write('CLIENT_RANDOM');
    file.close();
    expect([modeOf(path), readFileSync(path, 'utf8')]).toEqual([0o600, 'CLIENT_RANDOM']);
    expect(readFileSync(reader, 'utf8')).toBe('old');
    closeSync(reader);
  });

  it.each(['a file', 'nothing'])('is not written through a link to %s', (target) => {
    const [path, behind] = [join(directory, `link-to-${target}`), join(directory, `behind-${target}`)];
    if (target === 'a file') writeFileSync(behind, 'theirs');
    symlinkSync(behind, path);
    expect(() => secret(path)).toThrowError(
      expect.objectContaining({ code: 'EMU_E_USAGE_OUT', message: `cannot write ${path}: it is a symbolic link` }),
    );
    expect(existsSync(behind) && readFileSync(behind, 'utf8')).toBe(target === 'a file' && 'theirs');
  });

  it('is what a trace has of the buses, where the IO protection key passes', () => {
    const [i2c, mqtt] = [join(directory, 'device-0.i2c.txt'), join(directory, 'device-0.mqtt.txt')];
    writeFileSync(i2c, '', { mode: 0o644 });
    new TraceFiles({ i2c, mqtt }, unexpected).close();
    expect(modeOf(i2c)).toBe(0o600);
  });

  it('is what a capture is, which holds the keys of its connections', () => {
    const path = join(directory, 'run.pcapng');
    writeFileSync(path, '', { mode: 0o644 });
    new CaptureFile(path, unexpected).close();
    expect(modeOf(path)).toBe(0o600);
  });
});

describe('a capture', () => {
  const capture = (path: string) => new CaptureFile(path, unexpected);

  it('takes the place of an earlier capture', () => {
    const path = join(directory, 'again.pcapng');
    for (let run = 0; run < 2; run++) capture(path).close();
    // pcapng's Section Header Block begins with 0A 0D 0D 0A.
    expect(readFileSync(path).subarray(0, 4)).toEqual(Buffer.of(0x0a, 0x0d, 0x0d, 0x0a));
  });

  it.each([
    ['a text', '127.0.0.1 localhost'],
    ['a single byte', '\n'],
  ])('does not take the place of %s', (_, content) => {
    const path = join(directory, 'somebody’s');
    writeFileSync(path, content);
    expect(() => capture(path)).toThrowError(
      expect.objectContaining({
        code: 'EMU_E_USAGE_OUT',
        message: `${path} is there already and is not a pcapng capture`,
      }),
    );
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('does not take the place of what it cannot look at', () => {
    const path = join(directory, 'shut.pcapng');
    writeFileSync(path, '127.0.0.1 localhost', { mode: 0o200 });
    expect(() => capture(path)).toThrowError(expect.objectContaining({ code: 'EMU_E_USAGE_OUT' }));
  });
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

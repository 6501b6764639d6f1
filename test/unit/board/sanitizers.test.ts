import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { program } from '../../support/emu.ts';
import { requireProgram } from '../../support/interop.ts';
import { compileCalls } from '../../support/preload.ts';

const gcc = requireProgram('gcc', ['--version']);
const TESTED: readonly (readonly [name: string, flags: readonly string[]])[] = [
  ['AddressSanitizer', ['-fsanitize=address']],
  ['AddressSanitizer linked in', ['-fsanitize=address', '-static-libasan']],
  ['UndefinedBehaviorSanitizer', ['-fsanitize=undefined']],
  ['ThreadSanitizer', ['-fsanitize=thread']],
];

describe.skipIf(gcc === undefined)('emu board --exec of a program with', () => {
  const directory = mkdtempSync(join(tmpdir(), 'twinfleet-sanitizers-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  function compiled(name: string, flags: readonly string[]): string {
    const path = join(directory, name.replaceAll(' ', '-'));
    // -O0, or the compiler sees the mistake that the last test makes.
    compileCalls(gcc ?? '', path, [...flags, '-g', '-O0']);
    return path;
  }

  function onBoard(path: string, steps: string, environment: NodeJS.ProcessEnv = {}) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [program, 'board', '--exec', '--', path, ...steps.split(' ')],
      { encoding: 'utf8', env: { ...process.env, ...environment } },
    );
    return { status, stdout, stderr };
  }

  // Register D0 of a BME280 is its chip id, 60 (BST-BME280-DS002, 5.4.1).
  const CHIP_ID = 'open /dev/i2c-0 slave 76 write d0 read 1 writev d0 readv 00 close';
  const PRINTED = 'open ok\nslave 0\nwrite 1\nread 60\nwritev 1\nreadv 1\n60\nclose 0\n';

  it.each(TESTED)('%s', (name, flags) => {
    expect(onBoard(compiled(name, flags), CHIP_ID)).toEqual({ status: 0, stdout: PRINTED, stderr: '' });
  });

  it("AddressSanitizer and the user's own options", () => {
    const path = compiled('options', ['-fsanitize=address']);
    const helped = onBoard(path, CHIP_ID, { ASAN_OPTIONS: 'help=1' });
    expect(helped).toMatchObject({ status: 0, stdout: PRINTED });
    expect(helped.stderr).toContain('Available flags for AddressSanitizer');
    const refused = onBoard(path, CHIP_ID, { ASAN_OPTIONS: 'verify_asan_link_order=1' });
    expect(refused.stderr).toContain('ASan runtime does not come first');
    expect(refused.status).toBe(1);
  });

  it('AddressSanitizer, which finds what the program does wrong on the bus', () => {
    const path = compiled('finds', ['-fsanitize=address']);
    for (const step of ['write-beyond', 'read-beyond']) {
      const { status, stderr } = onBoard(path, `open /dev/i2c-0 slave 76 ${step}`);
      expect(status).toBe(1);
      expect(stderr).toContain('ERROR: AddressSanitizer: heap-buffer-overflow');
    }
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parseTranscript } from '../../emulator/i2c/index.ts';
import { requireProgram } from '../support/interop.ts';

const FIRMWARE = fileURLToPath(new URL('../../firmware/', import.meta.url));
const SANITIZERS = 'address,undefined';
const FUZZ_SECONDS = 3;

const make = requireProgram('make', ['--version']);
const gcc = requireProgram('gcc', ['--version']);
const clang = requireProgram('clang', ['--version']);
const tidy = requireProgram('clang-tidy', ['--version']);
const cppcheck = requireProgram('cppcheck', ['--version']);
const riscv = requireProgram('riscv64-unknown-elf-gcc', ['--version']);
const qemu = requireProgram('qemu-system-riscv32', ['--version']);

const names = (kind: string) =>
  readdirSync(join(FIRMWARE, 'test'))
    .map((file) => file.match(new RegExp(`^${kind}_(\\w+)\\.c$`))?.[1])
    .filter((name) => name !== undefined);

/** What is built goes to a folder of its own: the checkout stays as it is, and nothing comes of an earlier build. */
const build = mkdtempSync(join(tmpdir(), 'emu-firmware-c-'));
afterAll(() => rmSync(build, { recursive: true, force: true }));

/** `make` in a folder of the firmware, and what it printed. */
async function makeIn(folder: string, ...words: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(make ?? 'make', ['--no-print-directory', '-C', join(FIRMWARE, folder), ...words], {
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = await once(child, 'close');
  return { code, output };
}

/** Every test program ran, has checked something, and nothing failed. */
function expectAllPassed({ code, output }: { code: number | null; output: string }): void {
  const tests = names('test');
  expect(tests.length).toBeGreaterThan(0);
  const ends = [...output.matchAll(/^(\w+): [1-9]\d* checks in \d+ cases, 0 failed$/gm)];
  expect(code, output).toBe(0);
  expect(ends.map(([, name]) => name).sort()).toEqual(tests.sort());
}

describe.skipIf(make === undefined)('the firmware in C', () => {
  const compilers = { gcc, clang };
  for (const [name, compiler] of Object.entries(compilers)) {
    describe.skipIf(compiler === undefined)(name, () => {
      it('compiles without a warning, and the unit tests pass', { timeout: 300_000 }, async () => {
        expectAllPassed(await makeIn('test', `CC=${name}`, `BUILD=${join(build, name)}`));
      });

      it('the unit tests pass under its sanitizers', { timeout: 300_000 }, async () => {
        const folder = `BUILD=${join(build, `${name}-sanitized`)}`;
        expectAllPassed(await makeIn('test', `CC=${name}`, `SANITIZE=${SANITIZERS}`, folder));
      });
    });
  }

  it.skipIf(cppcheck === undefined || tidy === undefined)(
    'cppcheck and clang-tidy find nothing',
    { timeout: 600_000 },
    async () => {
      const { code, output } = await makeIn('.', 'check');
      expect(code, output).toBe(0);
    },
  );

  describe.skipIf(riscv === undefined || qemu === undefined)('on RV32', () => {
    const folder = `BUILD=${join(build, 'riscv')}`;

    it('compiles without a warning, and the unit tests pass on QEMU', { timeout: 300_000 }, async () => {
      expectAllPassed(await makeIn('riscv', 'test', folder));
    });

    it('has a known stack: no recursion, no frame of unknown size, no call that is not accounted for', {
      timeout: 300_000,
    }, async () => {
      const { code, output } = await makeIn('riscv', 'sizes', folder);
      expect(code, output).toBe(0);
      console.log(output.slice(output.indexOf('program')));
    });
  });

  describe.skipIf(clang === undefined)('libFuzzer', () => {
    for (const name of names('fuzz')) {
      it(`finds nothing in ${name} within ${FUZZ_SECONDS} s`, { timeout: 300_000 }, async () => {
        const folder = `BUILD=${join(build, 'fuzz')}`;
        const { code, output } = await makeIn('test', `fuzz-${name}`, `FUZZ_SECONDS=${FUZZ_SECONDS}`, folder);
        expect(code, output).toBe(0);
        expect(output).toMatch(/^stat::number_of_executed_units: +[1-9]/m);
      });
    }
  });
});

// As sigrok-cli 0.7.2 prints it with -P i2c -A i2c=addr-data, without the lines "Start", "Write" and "Read".
const DECODED = `
Address write: 00 / NACK / Stop
Address read: 60 / ACK / Data read: 04 / ACK / Data read: 11 / ACK / Data read: 33 / ACK / Data read: 43 / NACK / Stop
Address write: 60 / ACK / Data write: 03 / ACK / Data write: 07 / ACK / Stop
Address read: 60 / NACK / Stop
Address write: 76 / ACK / Data write: D0 / ACK / Start repeat / Address read: 76 / ACK / Data read: 60 / NACK / Stop
Address write: 60 / ACK / Data write: 03 / ACK / Data write: 07 / NACK / Stop`;

const awk = requireProgram('awk', ['-W', 'version']);

it.skipIf(awk === undefined)('what sigrok decodes becomes a transcript', () => {
  const script = join(FIRMWARE, 'esp-idf/transcript.awk');
  const input = DECODED.trim()
    .split(/\n| \/ /)
    .map((line) => `i2c-1: ${line}\n`)
    .join('');
  const { stdout } = spawnSync(awk ?? 'awk', ['-f', script], { input, encoding: 'utf8' });
  expect(stdout.split('\n')).toEqual([
    'W 00 NACK',
    'R 60 04 11 33 43',
    'W 60 03 07',
    'R 60 NACK',
    'W 76 D0 +',
    'R 76 60',
    'W 60 03 NACK',
    '',
  ]);
  expect(parseTranscript(stdout)).toHaveLength(7);
});

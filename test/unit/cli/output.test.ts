import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { program } from '../../support/emu.ts';
import { emu } from '../../support/emu-in-process.ts';
import { limited } from '../../support/limited.ts';

let base: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'emu-output-'));
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

/** What `--json` prints in place of a summary. */
const refused = (stdout: string) => {
  const { schema, error, exit_code } = JSON.parse(stdout);
  return [schema, error.code, exit_code];
};
const USAGE_OUT = ['emu-error/1', 'EMU_E_USAGE_OUT', 2];

/** `emu run --out base`, after `preparation` by the shell whose process it becomes: $$ is its id. */
function run(preparation: string, out = base) {
  const line = `${preparation}; exec "$0" "$1" run --count 2 --rate 50 --duration 500ms --json --out "$2"`;
  return spawnSync('sh', ['-c', line, process.execPath, program, out], { cwd: base, encoding: 'utf8' });
}

const said = (stderr: string) => stderr.match(/^emu: .*$/gm);

test('a full disk is found before anything runs, and nothing is left on it', () => {
  const { status, stdout, stderr } = run('ln -s /dev/full .emu-$$');
  expect([status, refused(stdout)]).toEqual([2, USAGE_OUT]);
  expect(stderr).toMatch(/^emu: --out: cannot write into \S+: the disk is full\n {5}[^\n]+\n {5}EMU_E_USAGE_OUT\n$/);
  expect(readdirSync(base)).toEqual([]);
});

test('the summary of an earlier run is not lost', () => {
  writeFileSync(join(base, 'summary.json'), 'precious');
  const { status, stdout, stderr } = run(':');
  expect([status, refused(stdout)]).toEqual([2, USAGE_OUT]);
  expect(stderr).toMatch(/^emu: --out: the result of an earlier run is in \S+summary\.json\n/);
  expect(readFileSync(join(base, 'summary.json'), 'utf8')).toBe('precious');
});

test('a disk that is full when the run is over does not cost the summary on stdout', () => {
  const { status, stdout, stderr } = run('ln -s /dev/full summary.json.$$.partial');
  expect(status).toBe(1);
  expect(JSON.parse(stdout).devices).toMatchObject({ planned: 2, arrived: 2 });
  expect(said(stderr)).toEqual([`emu: cannot write ${join(base, 'summary.json')}: the disk is full`]);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(readdirSync(base)).toEqual([]);
});

test('a process that may write no file says so before anything runs', () => {
  const { status, stdout, stderr } = run('ulimit -f 0');
  expect([status, refused(stdout)]).toEqual([2, USAGE_OUT]);
  expect(stderr).toMatch(/^emu: --out: cannot write into [^\n]+\n {5}[^\n]+\n {5}EMU_E_USAGE_OUT\n$/);
  expect(readdirSync(base)).toEqual([]);
});

test('a file in place of the directory is a usage mistake', () => {
  const file = join(base, 'results');
  writeFileSync(file, 'precious');
  const { status, stdout, stderr } = run(':', file);
  expect([status, refused(stdout)]).toEqual([2, USAGE_OUT]);
  expect(stderr).toMatch(
    /^emu: --out: cannot write into \S+: a file has this name already\n {5}[^\n]+\n {5}EMU_E_USAGE_OUT\n$/,
  );
});

test.each([
  ['a process of the broker that is not there', ['--broker', 'mqtts://b', '--broker-pid', '4194305'], 2],
  ['a capture whose file cannot be begun', ['--pcap', '/dev/null/x.pcapng'], 2],
  ['a probe that reaches no broker', ['--broker', 'mqtts://127.0.0.1:1', '--probe'], 107],
])('%s ends the run before the first device, and leaves no directory of --out', async (_, args, exit) => {
  const { code } = await emu('run', '--count', '1', ...args, '--out', join(base, 'made/new'));
  expect(code).toBe(exit);
  expect(existsSync(join(base, 'made'))).toBe(false);
});

test('a directory that was made and cannot be written is removed again', () => {
  const made = join(base, 'made/new');
  expect(limited(0, program, 'run', '--count', '1', '--out', made)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^emu: --out: cannot write into \S+new: /),
  });
  expect(existsSync(join(base, 'made'))).toBe(false);
});

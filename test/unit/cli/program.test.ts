import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { EXIT } from '../../../src/cli/errors/exit-codes.ts';
import { reportError } from '../../../src/cli/errors/index.ts';
import { program } from '../../support/emu.ts';
import { emu, type Outside, startEmu } from '../../support/emu-in-process.ts';
import { freePort } from '../../support/free-port.ts';

describe('the program says a mistake in one line, a hint and its code, without a stack', () => {
  test.each([
    [['run', '--count', '0'], 2, 'EMU_E_USAGE'],
    [['run', '--broker', 'mqtts://b', '--ca', '/nowhere/ca.pem'], 2, 'EMU_E_USAGE'],
    [['run', '--profile', 'nope'], 104, 'EMU_E_PROFILE_UNKNOWN'],
  ])('emu %s', async (args, exit, name) => {
    const { code, stdout, stderr } = await emu(...args);
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^emu: [^\\n]+\\n {5}[^\\n]+\\n {5}${name}\\n$`));
    // The process ends as its main function does, and has written everything by then.
    const built = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
    expect([built.status, built.stdout, built.stderr]).toEqual([exit, '', stderr]);
  });

  // Node 20 reads many modules at a time and has no descriptor left; newer versions get to where emu counts them.
  const few = process.version.startsWith('v20.')
    ? 'emu itself needs more than the 64 file descriptors that are allowed'
    : '100 devices need 164 file descriptors, and 64 are allowed';

  test.each([
    [150, 'emu: 100 devices need 164 file descriptors, and 150 are allowed'],
    [64, `emu: ${few}`],
  ])('no more than %i file descriptors', (limit, complaint) => {
    const line = `ulimit -n ${limit}; exec "${process.execPath}" "${program}" run --count 100`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      complaint,
      expect.stringMatching(/^ {5}Raise the hard limit /),
      '     EMU_E_DESCRIPTORS',
      '',
    ]);
  });
});

describe('with --json a mistake is a line of JSON too, in place of the result', () => {
  test.each([
    [['run', '--json', '--count', '0'], 2, 'EMU_E_USAGE'],
    [['run', '--cuont', '3', '--json'], 2, 'EMU_E_USAGE'],
    [['fleet', 'list', '--json'], 2, 'EMU_E_USAGE'],
    [['fleet', 'list', '--json', '/proc'], 104, 'EMU_E_FLEET_NONE'],
    [['run', '--json', '--profile', 'nope'], 104, 'EMU_E_PROFILE_UNKNOWN'],
  ])('emu %s', async (args, exit, name) => {
    const { code, stdout, stderr } = await emu(...args);
    const [first = '', hint = ''] = stderr.split('\n');
    expect({ code, stdout }).toEqual({ code: exit, stdout: expect.stringMatching(/^[^\n]+\n$/) });
    expect(JSON.parse(stdout)).toEqual({
      schema: 'emu-error/1',
      error: { code: name, message: first.replace('emu: ', ''), hint: hint.trim() },
      exit_code: exit,
    });
  });

  test('wherever --json was set', async () => {
    const { stdout } = await startEmu(['run', '--count', '0'], { environment: { EMU_JSON: '1' } }).ended;
    expect(JSON.parse(stdout).error.code).toBe('EMU_E_USAGE');
    expect((await emu('run', '--count', '0')).stdout).toBe('');
  });

  test('on stderr where standard output is that of a program', async () => {
    for (const behind of [
      ['--', ''],
      ['--count', '0', '--', 'true', '--json'],
    ]) {
      const { stdout, stderr } = await emu('board', '--exec', '--json', ...behind);
      expect(stdout).toBe('');
      expect(JSON.parse(stderr.split('\n').at(-2) ?? '').error.code).toBe('EMU_E_USAGE');
    }
    expect((await emu('board', '--exec', '--count', '0', '--', 'true', '--json')).stderr).not.toContain('{');
  });
});

test('a defect has a code as well', () => {
  const output = { stdout: '', stderr: '' };
  const to = (name: keyof typeof output) => ({ write: (text: string) => (output[name] += text) });
  const exit = reportError({ stderr: to('stderr'), environment: {} }, new TypeError('x is not a y'), to('stdout'));
  expect(exit).toBe(1);
  expect(output.stderr).toMatch(/^emu: TypeError: x is not a y\n {5}This is a bug in emu[^\n]+\n {5}EMU_E_INTERNAL\n$/);
  expect(JSON.parse(output.stdout)).toMatchObject({ error: { code: 'EMU_E_INTERNAL' }, exit_code: 1 });
});

test('help has examples, and says what seeded keys are for', async () => {
  const { code, stdout } = await emu('run', '--help');
  expect(code).toBe(0);
  expect(stdout).toContain('Examples:');
  expect(stdout).toContain('random numbers; for tests only');
  const general = (await emu('--help')).stdout;
  expect(general).toContain('emu run --count 500');
  const exitCodes = [...general.matchAll(/^ *(\d+) {2}(\S.*)$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
  expect(exitCodes.map(([code]) => code)).toEqual(Object.values(EXIT));
  expect(exitCodes[0]?.[1]).toMatch(/^every device connected, and still at the end$/);
});

test('examples in the help are whole lines, however narrow the terminal is', async () => {
  const { stdout } = await startEmu(['run', '--help'], { columns: 60 }).ended;
  expect(stdout).toContain(
    '  # your broker, with root.pem as its client CA\n' +
      '  emu run --broker mqtts://broker.example.com --ca ca.pem --ca-cert root.pem --ca-key root.key\n',
  );
});

test('help comes before a command or behind it, and a group has its own', async () => {
  const [before, behind] = [await emu('help', 'fleet', 'list'), await emu('fleet', 'list', '--help')];
  expect(before).toEqual(behind);
  expect(before.stdout).toMatch(/^emu fleet list DIR/);
  expect(await emu('help')).toEqual(await emu('--help'));
  for (const line of [
    ['fleet', 'bogus'],
    ['fleet', 'bogus', '--help'],
    ['help', 'fleet', 'bogus'],
  ]) {
    const { code, stdout, stderr } = await emu(...line);
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([2, '', 'emu: unknown command "fleet bogus"']);
  }
  expect((await emu('constructor', '--help')).code).toBe(2);
  expect((await emu('fleet', '--help')).stdout).toMatch(/^emu fleet COMMAND/);
  expect((await emu('fleet', 'bogus')).stderr).toMatch(/\n {5}See: emu fleet --help\n {5}EMU_E_USAGE\n$/);
});

test('emu alone says what it is and what to try', async () => {
  const { code, stdout, stderr } = await emu();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^emu \d+\.\d+\.\d+: digital twins of IoT devices/);
  expect(stdout).toContain('emu run --count 20 ');
  expect(stdout.split('\n').length).toBeLessThan(15);
});

test('what is there to be copied begins as the program was called', async () => {
  const environment = { npm_lifecycle_event: 'npx', npm_lifecycle_script: 'emu run --help' };
  for (const line of [[], ['--help'], ['run', '--help']]) {
    const { stdout } = await startEmu(line, { environment }).ended;
    const examples = stdout.split('Examples:').at(-1);
    expect(examples).toMatch(/^ {2}npx emu run --/m);
    expect(examples).not.toMatch(/^ {2}emu /m);
    expect((await emu(...line)).stdout).toMatch(/^ {2}emu run --/m);
  }
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'));
  for (const option of ['--version', '-v']) expect((await emu(option)).stdout).toBe(`${version}\n`);
});

test.concurrent('a broker that is not there: said at once, exit 107, and only JSON on stdout', async () => {
  const port = await freePort();
  const { code, stdout, stderr } = await emu(
    ...['run', '--count', '2', '--duration', '600ms', '--json', '--broker', `mqtts://127.0.0.1:${port}`],
  );
  expect(code).toBe(107);
  expect(stderr).toContain(`failure: TCP: connection refused (device 0: `);
  expect(stderr).toContain(`emu: no TCP connection was ever accepted by mqtts://127.0.0.1:${port}\n`);
  const report = JSON.parse(stdout);
  expect(report.devices).toMatchObject({ planned: 2, arrived: 2, connected: 0, failed: 2, not_started: 0 });
  expect(report.causes).toMatchObject([{ cause: 'TCP: connection refused', count: 2 }]);
});

test('EMU_DEBUG adds the stack', async () => {
  const line = ['run', '--count', '0'];
  const { code, stderr } = await startEmu(line, { environment: { EMU_DEBUG: '1' } }).ended;
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/^EmuError: --count [^\n]+\n( +at [^\n]+\n)+emu: --count /),
  ]);
  expect((await startEmu(line, { environment: { EMU_DEBUG: '' } }).ended).stderr).toMatch(/^emu: /);
});

test('a terminal gets colours and help as wide as it is, NO_COLOR and a file do not', async () => {
  const line = ['board', '--help'];
  const widest = ({ stdout }: { stdout: string }) => Math.max(...stdout.split('\n').map((text) => text.length));
  const options = ({ stdout }: { stdout: string }) => ({ stdout: stdout.split('Examples:')[0] ?? '' });
  expect(widest(options(await startEmu(line, { columns: 60 }).ended))).toBeLessThanOrEqual(60);
  expect(widest(options(await emu(...line)))).toBeGreaterThan(60);

  const board = async (outside: Outside) => {
    const { output, signal, ended } = startEmu(['board'], outside);
    await vi.waitFor(() => expect(output.stdout).toContain('Ctrl-C'), { timeout: 60_000 });
    signal('SIGINT');
    return (await ended).stdout;
  };
  const bold = '\u001b[1m';
  expect(await board({ columns: 100 })).toContain(bold);
  expect(await board({ columns: 100, environment: { NO_COLOR: '1' } })).not.toContain(bold);
  expect(await board({ columns: 100, environment: { TERM: 'dumb' } })).not.toContain(bold);
  expect(await board({})).not.toContain(bold);
});

test.concurrent('a small run against the embedded broker ends with its summary in --out and exit 0', async () => {
  const out = mkdtempSync(join(tmpdir(), 'emu-run-'));
  const { code, stdout, stderr } = await emu(
    ...['run', '--count', '5', '--duration', '3s', '--interval', '500ms', '--json', '--out', out],
  );
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('embedded broker') });
  const report = JSON.parse(stdout);
  expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))).toEqual(report);
  expect(report).toMatchObject({
    schema: 'emu-run-summary/1',
    devices: { planned: 5, arrived: 5, connected: 5, failed: 0 },
    run: { profile: 'esp32-mqtts', broker: null, interrupted: false },
  });
  expect(report.messages.received).toBeGreaterThan(0);
  if (process.platform === 'linux') {
    expect(report.broker).toMatchObject({ pid: expect.any(Number), ended: false });
    expect(report.broker.sockets_max).toBeGreaterThanOrEqual(5);
  }
  rmSync(out, { recursive: true });
});

test.concurrent('--quiet leaves the result, --verbose adds where settings come from, times and phases', async () => {
  // Each goes on until what is waited for has happened.
  const line = ['run', '--count', '2', '--duration', '10m', '--rate', '100'];
  const out = mkdtempSync(join(tmpdir(), 'emu-quiet-'));
  const running = startEmu([...line, '--quiet', '--json', '--trace', '1', '--out', out]);
  const trace = join(out, 'device-1.mqtt.txt');
  await vi.waitFor(() => expect(readFileSync(trace, 'utf8')).toContain('CONNACK code=0'), { timeout: 60_000 });
  running.signal('SIGINT');
  const quiet = await running.ended;
  rmSync(out, { recursive: true });
  expect(quiet).toMatchObject({ code: 105, stderr: '' });
  expect(JSON.parse(quiet.stdout).devices).toMatchObject({ planned: 2, arrived: 2 });

  const environment = { EMU_VERBOSE: '1', EMU_SEED: 'x', EMU_XYZZY: '' };
  const talking = startEmu(line, { environment });
  await vi.waitFor(() => expect(talking.output.stdout).toMatch(/\] all 2/), { timeout: 60_000 });
  talking.signal('SIGINT');
  const verbose = await talking.ended;
  expect(verbose.stderr).toBe(
    'emu: warning: the environment variable EMU_XYZZY is not a setting of emu and has no effect\n' +
      'emu: seed x (EMU_SEED)\nemu: verbose true (EMU_VERBOSE)\n',
  );
  for (const phase of [
    'provisioning devices 2/2',
    'embedded broker: mqtts://',
    'the first device',
    'all 2',
    'closing',
  ]) {
    expect(verbose.stdout).toMatch(new RegExp(`^\\[ +\\d+\\.\\d{3}\\] ${phase}`, 'm'));
  }
  expect((await emu(...line, '--quiet', '--verbose')).stderr).toMatch(
    /^emu: --quiet and --verbose exclude each other\n/,
  );
});

describe('interrupted', () => {
  test.concurrent.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s: the summary, and exit 105', async (signal) => {
    const run = startEmu(['run', '--count', '20', '--rate', '2', '--duration', '20s']);
    await vi.waitFor(() => expect(run.output.stdout).toContain('embedded broker: '), { timeout: 20_000 });
    await setTimeout(300);
    run.signal(signal);
    const { code, stdout } = await run.ended;
    expect(code).toBe(105);
    expect(run.abandoned).toEqual([]);
    expect(stdout).toMatch(/interrupted after/);
    expect(stdout).toMatch(/not started/);
  });
});

test('a reader that goes away does not break the run', () => {
  const out = mkdtempSync(join(tmpdir(), 'emu-reader-'));
  const run = `run --count 2 --duration 500ms --rate 50 --out "${out}"`;
  const line = `"${process.execPath}" "${program}" ${run}; echo "exit $?" >&2`;
  const { stderr } = spawnSync('sh', ['-c', `(${line}) | head -n 1 > /dev/null`], { encoding: 'utf8' });
  const { devices } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  rmSync(out, { recursive: true });
  expect(stderr).not.toMatch(/EPIPE|at .*:\d+:\d+/);
  expect(devices).toMatchObject({ planned: 2, arrived: 2 });
  // A busy machine may need more than half a second to connect them, which the exit code says as it always does.
  expect(stderr).toMatch(devices.connected_at_end === 2 ? /exit 0\n$/ : /exit 1\n$/);
});

describe('output that cannot be written costs neither the run nor its summary', () => {
  test.each([
    ['--json', '2>/dev/full', ''],
    ['--json', '>/dev/full', 'emu: cannot write the output: the disk is full; the command goes on\n'],
    ['--verbose', '>/dev/full', 'emu: cannot write the output: the disk is full; the command goes on\n'],
    ['--quiet', '>/dev/full 2>/dev/full', ''],
  ])('emu run %s %s', (option, redirection, complaint) => {
    const out = mkdtempSync(join(tmpdir(), 'emu-full-'));
    const line = `exec "$0" "$1" run --count 2 --duration 1s --rate 50 ${option} --out "$2" ${redirection}`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line, process.execPath, program, out], {
      encoding: 'utf8',
    });
    const summary = readFileSync(join(out, 'summary.json'), 'utf8');
    rmSync(out, { recursive: true });
    expect(status).toBe(1);
    expect(stdout).toBe(redirection.startsWith('2') ? summary : '');
    expect(stderr.match(/^emu: .*\n/gm)?.join('') ?? '').toBe(complaint);
    expect(JSON.parse(summary).devices).toMatchObject({ planned: 2, arrived: 2 });
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../../support/emu.ts';
import { emu, startEmu } from '../../support/emu-in-process.ts';
import { requireProgram } from '../../support/interop.ts';
import { compileCalls } from '../../support/preload.ts';

const gcc = requireProgram('gcc', ['--version']);

/** The program on the boards writes to the standard output of the process itself. */
function run(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'board', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('emu board --exec', () => {
  it('ends as its program does, and leaves standard output to it', () => {
    expect(run(['--exec', '--', 'sh', '-c', 'echo "$1"; exit 7', 'sh', '--count'])).toEqual({
      status: 7,
      stdout: '--count\n',
      stderr: '',
    });
    expect(run(['--exec', '--', 'sh', '-c', 'kill -9 $$'])).toMatchObject({ status: 137, stderr: '' });
  });

  it('says what is no program', () => {
    expect(run(['--exec', '--', 'no-such-program'])).toEqual({
      status: 127,
      stdout: '',
      stderr: 'emu: there is no program no-such-program\n',
    });
    expect(run(['--exec', '--', '/'])).toMatchObject({ status: 126 });
  });

  it('tells the program the ports of its boards', () => {
    const { stdout, stderr } = run([
      ...['--count', '2', '--json', '--exec', '--'],
      ...['sh', '-c', 'echo $EMU_BOARD_I2C $EMU_BOARD_KIT $EMU_BOARD_CONTROL'],
    ]);
    const boards: { ports: Record<string, number> }[] = JSON.parse(stderr).boards;
    const ports = ['i2c', 'kit', 'control'].map((service) => boards.map((board) => board.ports[service]).join(','));
    expect(stdout).toBe(`${ports.join(' ')}\n`);
    expect(new Set(boards.flatMap((board) => Object.values(board.ports))).size).toBe(6);
  });

  it.skipIf(gcc === undefined)('says first why a static program finds no device, and runs it all the same', () => {
    const directory = mkdtempSync(join(tmpdir(), 'emu-static-'));
    const path = join(directory, 'calls');
    compileCalls(gcc ?? '', path, ['-static']);
    const steps = [path, 'open', '/dev/i2c-0'];
    const said = run(['--exec', '--', ...steps]);
    const quiet = run(['--quiet', '--exec', '--', ...steps]);
    rmSync(directory, { recursive: true });
    expect(said).toMatchObject({ status: 0, stdout: 'open ENOENT\n' });
    const [first, second, ...others] = said.stderr.split('\n');
    expect(first).toBe(
      `emu: ${path} is linked statically: /dev/i2c-N and /dev/ttyEMUN are not there for it, because no library can be preloaded`,
    );
    expect(second).toContain('     Link it dynamically, or let it speak TCP');
    expect(others).toEqual(['']);
    expect(quiet).toEqual({ status: 0, stdout: 'open ENOENT\n', stderr: '' });
  });

  it('says in a line that a compiler is missing', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'emu-no-compiler-'));
    const environment = { CC: 'no-such-compiler', XDG_CACHE_HOME: cache };
    const { code, stderr } = await startEmu(['board', '--exec', '--', 'true'], { environment }).ended;
    rmSync(cache, { recursive: true });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'emu: no C compiler: no-such-compiler does not run\n' +
        '     Install one: apt-get install gcc libc6-dev; or name another in CC.\n' +
        '     EMU_E_BOARD_COMPILER\n',
    );
  });

  it.each([
    [['--exec'], '--exec needs a program behind --'],
    [['--exec', '--'], '--exec needs a program behind --'],
    [['--exec', '--', ''], '--exec needs a program behind --'],
    [['--', 'true'], 'a program behind -- needs --exec'],
    [['--exec', 'true'], 'unexpected "true" after emu board'],
  ])('is refused in a line: %j', async (args, message) => {
    const { code, stderr } = await emu('board', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.split('\n').slice(2)).toEqual(['     EMU_E_USAGE', '']);
  });
});

describe('emu board', () => {
  it('prints a table of ports, and ends well when it is told to', async () => {
    const board = startEmu(['board', '--seed', 'table', '--count', '2']);
    while (!board.output.stdout.includes('Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 10));
    board.signal('SIGTERM');
    const { code, stdout, stderr } = await board.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head = '', first = '', second = ''] = stdout.split('\n');
    expect(head.split(/\s+/)).toEqual(['board', 'i2c', 'kit', 'control', 'chips', 'sensor']);
    expect(first).toMatch(/^0 +\d+ +\d+ +\d+ +60 0123[0-9a-f]{12}ee +76$/);
    expect(second).toMatch(/^1 +\d+ +\d+ +\d+ +60 0123[0-9a-f]{12}ee +76$/);
    expect(stdout).toContain('nothing is stored');
  });

  it('is the only command with something behind --', async () => {
    const refused = await emu('fleet', 'list', 'somewhere', '--', 'else');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('unexpected "else" after emu fleet list');
  });
});

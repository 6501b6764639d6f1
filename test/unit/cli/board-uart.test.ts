import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { boardInProcess } from '../../support/board-in-process.ts';
import { program } from '../../support/emu.ts';
import { emu, startEmu } from '../../support/emu-in-process.ts';
import { freePort } from '../../support/free-port.ts';
import { requireProgram } from '../../support/interop.ts';
import { childrenOf, gone } from '../../support/processes.ts';
import { startBoard } from '../../support/running-board.ts';
import { SerialClient } from '../../support/serial-client.ts';

const gcc = requireProgram('gcc', ['--version']);
const PEM_END = '-----END PUBLIC KEY-----\n';

const scratch = mkdtempSync(join(tmpdir(), 'emu-board-uart-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function ask(port: number | undefined, text: string, end: string): Promise<string> {
  const host = await SerialClient.connect(port ?? 0);
  const answer = await host.ask(text, end);
  host.close();
  return answer;
}

describe('emu board --uart tcp', () => {
  it('serves a line for each board, on ports of their own', async () => {
    const { boards, stop } = await boardInProcess('--uart', 'tcp', '--count', '2');
    const serials = boards.map(({ chips }) => chips[0]?.serial ?? '');
    expect(new Set(boards.flatMap(({ ports, uart }) => [...Object.values(ports), uart?.port])).size).toBe(8);
    for (const [index, board] of boards.entries()) {
      expect(await ask(board.uart?.port, 's', serials[index] ?? '')).toBe(serials[index]);
      expect(Object.keys(board.uart ?? {})).toEqual(['port']);
    }
    expect(await stop()).toMatchObject({ code: 0, stderr: '' });
  });

  it('serves none without it', async () => {
    const { boards, stop } = await boardInProcess();
    expect(boards[0]).not.toHaveProperty('uart');
    await stop();
  });

  it('takes the ports that it is given, and shows them', async () => {
    const port = await freePort();
    const board = startEmu(['board', '--uart', `tcp:${port}`]);
    while (!board.output.stdout.includes('Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await ask(port, 'r', '\n')).toBe('Ready.\n');
    board.signal('SIGTERM');
    const { stdout } = await board.ended;
    const [head = '', first = ''] = stdout.split('\n');
    expect(head.split(/\s+/)).toEqual(['board', 'i2c', 'kit', 'control', 'uart', 'chips', 'sensor']);
    expect(first.split(/\s+/)[4]).toBe(String(port));
  });

  it.each([
    [['--uart', 'serial'], 'EMU_E_USAGE', '--uart must be tcp, tcp:PORT or pty, not "serial"'],
    [['--uart', 'tcp:'], 'EMU_E_USAGE', '--uart must be tcp, tcp:PORT or pty, not "tcp:"'],
    [['--uart', 'tcp:0'], 'EMU_E_USAGE', '--uart must be tcp, tcp:PORT or pty, not "tcp:0"'],
    [['--uart', 'tcp:65536'], 'EMU_E_USAGE', '--uart must be tcp, tcp:PORT or pty, not "tcp:65536"'],
    [['--uart', 'pty:ttyV0'], 'EMU_E_USAGE', '--uart must be tcp, tcp:PORT or pty, not "pty:ttyV0"'],
    [['--uart', 'tcp:65535', '--count', '2'], 'EMU_E_USAGE_BOARD', 'the ports would go up to 65536'],
    [['--uart', 'tcp', '--chip', '35'], 'EMU_E_USAGE_BOARD', 'the firmware on the serial line works the chip at 60'],
  ])('is refused in a line: %j', async (args, code, message) => {
    const { code: exit, stderr } = await emu('board', ...args);
    expect(exit).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`     ${code}\n`);
  });

  it('says that a port is taken', async () => {
    const { boards, stop } = await boardInProcess('--uart', 'tcp');
    const { code, stderr } = await emu('board', '--uart', `tcp:${boards[0]?.uart?.port}`);
    await stop();
    expect(code).toBe(1);
    expect(stderr).toContain('it is in use');
    expect(stderr).toContain('EMU_E_BOARD_PORT');
  });

  it('has stored what it answered when it is killed', async () => {
    const state = join(scratch, 'killed');
    const first = await startBoard('--state', state, '--uart', 'tcp');
    const key = await ask(first.boards[0]?.uart?.port, 'k', PEM_END);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await startBoard('--state', state, '--uart', 'tcp');
    // A second time the device key stays; a blank chip would have made another one.
    expect(await ask(second.boards[0]?.uart?.port, 'k', PEM_END)).toBe(key);
    expect(await second.stop()).toMatchObject({ code: 0, stderr: '' });
  });
});

/** What a shell makes of a terminal; `\n` of the answer as it came. */
function shell(text: string, path: string): string {
  return execFileSync('sh', ['-c', text, 'sh', path], { encoding: 'latin1', timeout: 60_000 });
}

describe.skipIf(gcc === undefined)('emu board --uart pty', () => {
  it('serves a terminal that neither echoes nor translates, whoever opens and closes it', async () => {
    const board = await startBoard('--uart', 'pty');
    const { pty = '', port } = board.boards[0]?.uart ?? {};
    const serial = board.boards[0]?.chips[0]?.serial;
    expect(shell('printf s >"$1"; head -c 18 <"$1"', pty)).toBe(serial);
    expect(shell('printf "\\r\\n\\003\\004r" >"$1"; head -c 7 <"$1"', pty)).toBe('Ready.\n');
    const pem = shell('exec 3<>"$1"; printf k >&3; head -n 4 <&3', pty);
    expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^-\r]*-----END PUBLIC KEY-----\n$/);
    // A text that is sent in several openings, as a script of a shell does.
    shell('printf c >"$1"; printf -- "-----BEGIN CERTIFICATE-----\\r\\nk\\r\\n" >"$1"', pty);
    const back = '-----BEGIN CERTIFICATE-----\r\nk\r\n-----END CERTIFICATE-----';
    expect(shell(`printf -- "-----END CERTIFICATE-----p" >"$1"; head -c ${back.length} <"$1"`, pty)).toBe(back);
    expect(await ask(port, 's', serial ?? '')).toBe(serial);
    const helpers = childrenOf(board.child);
    expect(helpers).toHaveLength(1);
    expect(await board.stop()).toMatchObject({ code: 0, stderr: '' });
    await gone(helpers);
    expect(existsSync(pty)).toBe(false);
  });

  it('has a terminal for each board, which go with its process, however it ends', async () => {
    const board = await startBoard('--uart', 'pty', '--count', '2');
    const paths = board.boards.map(({ uart }) => uart?.pty ?? '');
    expect(new Set(paths).size).toBe(2);
    for (const [index, path] of paths.entries()) {
      expect(shell('printf s >"$1"; head -c 18 <"$1"', path)).toBe(board.boards[index]?.chips[0]?.serial);
    }
    const helpers = childrenOf(board.child);
    board.child.kill('SIGKILL');
    await board.ended;
    await gone(helpers);
  });

  it('is in the environment of a program', () => {
    const run = (uart: string) => {
      const args = [program, 'board', '--uart', uart, '--json', '--exec', '--', 'sh', '-c', 'echo "$EMU_BOARD_UART"'];
      const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      return { said: stdout.trimEnd(), uart: JSON.parse(stderr).boards[0].uart };
    };
    const [pty, tcp] = [run('pty'), run('tcp')];
    expect(pty.said).toBe(pty.uart.pty);
    expect(tcp.said).toBe(String(tcp.uart.port));
  });

  it('says in a line that a compiler is missing', async () => {
    const environment = { CC: 'no-such-compiler', XDG_CACHE_HOME: join(scratch, 'cache') };
    const { code, stderr } = await startEmu(['board', '--uart', 'pty'], { environment }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('emu: no C compiler: no-such-compiler does not run\n');
    expect(stderr).toContain('EMU_E_BOARD_COMPILER');
  });

  it('says what the program says that makes the terminal', async () => {
    const failing = join(scratch, 'cc');
    writeFileSync(
      failing,
      `#!/bin/sh\n[ "$1" = -v ] && exit 0\nwhile [ "$1" != -o ]; do shift; done\nprintf '#!/bin/sh\\necho no terminals here >&2\\nexit 1\\n' >"$2"\n`,
      { mode: 0o755 },
    );
    const environment = { CC: failing, XDG_CACHE_HOME: join(scratch, 'cache'), PATH: process.env.PATH };
    const { code, stderr } = await startEmu(['board', '--uart', 'pty'], { environment }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('there is no terminal for the serial line: no terminals here');
    expect(stderr).toContain('EMU_E_BOARD_TERMINAL');
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { platform } from 'node:os';
import { createInterface } from 'node:readline';
import { EmuError } from '../../emulator/errors.ts';
import { cSources } from '../base/index.ts';
import { buildNative } from '../native/index.ts';

/** A pseudo terminal that leads to a port of this machine. */
export interface Terminal {
  /** What a host opens, like /dev/pts/3. */
  readonly path: string;
  /** Resolves when it is gone. */
  close(): Promise<void>;
}

/**
 * Makes one, by a small program, because Node has no terminals of its own.
 * @throws EmuError EMU_E_BOARD_COMPILER, EMU_E_BOARD_PLATFORM, EMU_E_BOARD_TERMINAL
 */
export async function openTerminal(port: number, environment: NodeJS.ProcessEnv): Promise<Terminal> {
  if (platform() !== 'linux') {
    throw new EmuError('EMU_E_BOARD_PLATFORM', `--uart pty does not run on ${platform()}`, {
      value: platform(),
      hint: 'Use --uart tcp, which works everywhere.',
    });
  }
  const complaints = { code: 'EMU_E_BOARD_COMPILER', packages: ['libc6-dev'] } as const;
  const code = { name: 'pty', kind: 'program', sources: [cSources('pty')], complaints } as const;
  const program = await buildNative(code, environment);
  // A Ctrl-C of this process's own terminal is not for it.
  const child = spawn(program, [String(port)], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`));
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const lines = createInterface({ input: child.stdout });
  const path = await Promise.race([once(lines, 'line').then(([line]) => line as string), ended.then(() => undefined)]);
  if (path === undefined) {
    throw new EmuError(
      'EMU_E_BOARD_TERMINAL',
      `there is no terminal for the serial line: ${complaint.trim() || (await ended)}`,
      {
        hint: 'Use --uart tcp; or look whether /dev/ptmx and /dev/pts are there.',
      },
    );
  }
  return {
    path,
    async close() {
      child.kill();
      await ended;
    },
  };
}

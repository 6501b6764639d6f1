import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { EmuError } from '../../emulator/errors.ts';
import { type BrokerCredentials, LOOPBACK, type StartedMessage, type StartMessage } from './messages.ts';

export interface Cloud {
  readonly host: string;
  readonly port: number;
  /** Resolves when the broker's process ended without being asked to. */
  readonly died: Promise<EmuError>;
  /** Ends the broker's process; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Node 20 cannot run TypeScript, so that a program run from the sources starts the built child. */
const CHILD = new URL(import.meta.url.endsWith('.ts') ? '../../dist/src/broker/main.js' : './main.js', import.meta.url);
const STOP_PATIENCE_MS = 2000;
const STDERR_KEPT = 2000;

/**
 * Starts the embedded broker in a child process, so that its CPU, memory and descriptors never count as the fleet's.
 * @throws EmuError EMU_E_CLOUD when it does not come up.
 */
export async function startCloud(credentials: BrokerCredentials): Promise<Cloud> {
  // In a process group of its own: a terminal's Ctrl-C would end it before it can say otherwise.
  const child = fork(CHILD, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [], detached: true });
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-STDERR_KEPT);
  });
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(endOf(code, signal, complaints)));
  });

  child.send({ start: credentials } satisfies StartMessage, () => {});
  const answered = once(child, 'message').then(([message]) => message as StartedMessage);
  const started = await Promise.race([answered, gone.then((failed) => ({ failed }))]);
  if ('failed' in started) {
    await stop(child);
    throw new EmuError('EMU_E_CLOUD', `the embedded broker did not start: ${started.failed}`, {
      hint: 'Name a broker of your own with --broker mqtts://HOST.',
    });
  }

  let asked = false;
  return {
    host: LOOPBACK,
    port: started.port,
    died: new Promise((resolve) => {
      gone.then((how) => {
        if (!asked) resolve(new EmuError('EMU_E_CLOUD', `the embedded broker died: ${how}`));
      });
    }),
    stop() {
      asked = true;
      return stop(child);
    },
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
  if (child.connected) child.disconnect();
  await exited;
  clearTimeout(impatience);
}

/** Node prints an uncaught error with its stack; the line that names it is enough. */
function endOf(code: number | null, signal: string | null, complaints: string): string {
  const reason = complaints.split('\n').find((line) => /^\w*Error\b/.test(line));
  return reason ?? (signal === null ? `exit code ${code}` : `killed by ${signal}`);
}

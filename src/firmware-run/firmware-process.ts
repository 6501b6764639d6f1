import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** How long the firmware may take to end when it is asked to. */
const STOP_PATIENCE_MS = 5000;

/** How a process ended: its exit code, or as a shell has it 128 and the number of the signal. */
export type ProcessEnd = { readonly code: number; readonly how: string };

/** The firmware of one device, in a process of its own. */
export class FirmwareProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;

  /**
   * @param onText what it says on its serial line, as it comes
   * @param onComplaint a line of its standard error
   */
  constructor(
    program: string,
    parameters: readonly string[],
    onText: (text: string) => void,
    onComplaint: (line: string) => void,
  ) {
    // A terminal's Ctrl-C is not for it: it ends when it is asked to.
    const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    child.stdin.on('error', () => {});
    child.stdout.setEncoding('utf8').on('data', onText);
    const complaint = new Lines(onComplaint);
    child.stderr.setEncoding('utf8').on('data', (text: string) => complaint.take(text));
    this.ended = new Promise((resolve) => {
      child.once('error', ({ message }) => resolve({ code: 1, how: message }));
      child.once('close', (code, signal) => {
        resolve(code === null ? { code: 1, how: `killed by ${signal}` } : { code, how: `exit code ${code}` });
      });
    });
  }

  /** What it reads on its serial line. */
  write(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Resolves when it is gone, by force when it takes its time. */
  async stop(): Promise<ProcessEnd> {
    this.#child.kill('SIGTERM');
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), STOP_PATIENCE_MS);
    const end = await this.ended;
    clearTimeout(impatience);
    return end;
  }
}

/** Text that comes in pieces, line by line. */
export class Lines {
  readonly #write: (line: string) => void;
  #rest = '';

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#write(line);
  }
}

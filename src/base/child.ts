import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { packaged } from './packaged.ts';

/** A process of this program's own beside this one. What passes between them is plain data; bytes arrive as bytes. */
export interface Child<In, Out> {
  readonly pid: number | undefined;
  /** Dropped when it is gone. */
  send(message: In): void;
  onMessage(listener: (message: Out) => void): void;
  /** The next message; undefined when it ends before it says one. */
  next(): Promise<Out | undefined>;
  /** Resolves when it is gone, to what it ended with: its own error where it printed one. */
  readonly gone: Promise<string>;
  /** Ends it, by force when it takes its time; resolves when it is gone. */
  stop(): Promise<void>;
}

const STOP_PATIENCE_MS = 2000;
const STDERR_KEPT = 2000;

/**
 * Starts `src/${module}.ts`, which calls `servesParent`, as it was built: Node 20 cannot run TypeScript. It has a process
 * group of its own, because a terminal's Ctrl-C would end it before it can say otherwise.
 */
export function startChild<In extends object, Out>(module: string): Child<In, Out> {
  const child = fork(packaged(`dist/src/${module}.js`), {
    ...{ stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [], detached: true, serialization: 'advanced' },
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    // Node has no 'close' event after a disconnect of ours, and stderr may still have something to say after 'exit'.
    child.once('exit', (code, signal) => {
      const ended = () => resolve(endOf(code, signal, stderr));
      if (child.stderr?.closed === false) child.stderr.once('close', ended);
      else ended();
    });
  });
  return {
    pid: child.pid,
    send(message) {
      if (child.connected) child.send(message, () => {});
    },
    onMessage: (listener) => void child.on('message', (message) => listener(message as Out)),
    next: () =>
      new Promise((resolve) => {
        child.once('message', (message) => resolve(message as Out));
        gone.then(() => resolve(undefined));
      }),
    gone,
    stop: () => stop(child),
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
function endOf(code: number | null, signal: string | null, stderr: string): string {
  const reason = stderr.split('\n').find((line) => /^\w*Error\b/.test(line));
  return reason ?? (signal === null ? `exit code ${code}` : `killed by ${signal}`);
}

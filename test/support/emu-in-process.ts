import { EventEmitter } from 'node:events';
import type { Environment, Io, SignalName } from '../../src/cli/io/index.ts';
import { main } from '../../src/cli/main.ts';
import { type Summarised, summarised } from './emu.ts';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `emu` in this process, which can be watched and signalled as if it were one of its own. */
export interface Running {
  /** What it has written until now. */
  readonly output: { stdout: string; stderr: string };
  /** Exit codes that the process would have ended with on the spot. */
  readonly abandoned: readonly number[];
  signal(name: SignalName): void;
  readonly ended: Promise<Ended>;
}

export interface Outside {
  readonly environment?: Environment;
  /** The width of the terminal that the streams are; without it they are files. */
  readonly columns?: number;
}

export function startEmu(args: readonly string[], { environment = {}, columns }: Outside = {}): Running {
  const signals = new EventEmitter();
  const output = { stdout: '', stderr: '' };
  const abandoned: number[] = [];
  const stream = (name: keyof typeof output) => ({
    isTTY: columns !== undefined,
    columns,
    write(text: string) {
      output[name] += text;
    },
  });
  const io: Io = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    environment,
    atTerminal: columns !== undefined,
    onSignals(names, listener) {
      for (const name of names) signals.on(name, listener);
      return () => {
        for (const name of names) signals.off(name, listener);
      };
    },
    abandon: (code) => abandoned.push(code),
  };
  return {
    output,
    abandoned,
    signal: (name) => signals.emit(name, name),
    ended: main(args, io).then((code) => ({ code, ...output })),
  };
}

/** Runs `emu` with `args` to its end, in an empty environment. */
export function emu(...args: readonly string[]): Promise<Ended> {
  return startEmu(args).ended;
}

/** `emu run --json …` and the summary it printed. */
export async function emuRun(...args: readonly string[]): Promise<Summarised<Ended>> {
  return summarised(await emu('run', '--json', ...args));
}

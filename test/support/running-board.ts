import { once } from 'node:events';
import { type Running, startEmu } from './emu.ts';

export interface BoardPorts {
  readonly i2c: number;
  readonly kit: number;
  readonly control: number;
}

export interface RunningBoard extends Running {
  readonly boards: readonly {
    readonly ports: BoardPorts;
    readonly uart?: { readonly port: number; readonly pty?: string };
    readonly chips: readonly { readonly address: number; readonly variant: string; readonly serial: string }[];
    readonly sensor: { readonly address: number } | null;
  }[];
  /** Ends it as a terminal does. */
  stop(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Starts `emu board --json` with `args`, and waits until it serves. */
export async function startBoard(...args: readonly string[]): Promise<RunningBoard> {
  const running = startEmu(['board', '--json', ...args]);
  while (!running.output.stdout.includes('\n')) {
    const spoke = running.child.stdout === null ? undefined : once(running.child.stdout, 'data');
    const ended = await Promise.race([spoke?.then(() => undefined), running.ended]);
    if (ended) throw new Error(`emu board ended with ${ended.code}: ${ended.stderr}`);
  }
  return {
    ...running,
    boards: JSON.parse(running.output.stdout).boards,
    stop() {
      running.child.kill('SIGINT');
      return running.ended;
    },
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RunSummary } from '../../src/metrics/index.ts';

const program = join(import.meta.dirname, '../../dist/src/cli/emu.js');

export interface Ended {
  /** `null` if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `emu` with `args` to its end. */
export async function emu(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...output };
}

/** `emu run --json …` and the summary it printed. */
export async function emuRun(...args: readonly string[]): Promise<Ended & { readonly summary: RunSummary }> {
  const ended = await emu('run', '--json', ...args);
  try {
    return { ...ended, summary: JSON.parse(ended.stdout) };
  } catch {
    throw new Error(`emu run ended with ${ended.code} and no summary\n${ended.stderr}`);
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunReport } from '../../src/report/index.ts';

/** Benches run compiled, one folder deeper. */
const root = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../..' : '../../..');

/** The built program. */
export const program = join(root, 'dist/src/cli/emu.js');

export interface Ended {
  /** `null` if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that can be watched and disturbed. */
export interface Running {
  readonly child: ChildProcess;
  /** What it has written until now. */
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<Ended>;
}

/** Starts the built `emu` with `args`; `detached` makes it the leader of a process group of its own. */
export function startEmu(args: readonly string[], { detached = false } = {}): Running {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, ...output }));
  return { child, output, ended };
}

/** Runs the built `emu` with `args` to its end. */
export function emu(...args: readonly string[]): Promise<Ended> {
  return startEmu(args).ended;
}

/** `emu run --json …` and the summary it printed. */
export async function emuRun(...args: readonly string[]): Promise<Summarised<Ended>> {
  return summarised(await emu('run', '--json', ...args));
}

export type Summarised<E> = E & { readonly summary: RunReport };

const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(root, 'schemas/summary.schema.json'), 'utf8')));

/** What `emu run --json` ended with, and the summary in it, which is as its schema says and adds up. */
export function summarised<E extends { code: number | null; stdout: string; stderr: string }>(ended: E): Summarised<E> {
  if (ended.stdout === '') throw new Error(`emu run ended with ${ended.code} and no summary\n${ended.stderr}`);
  const summary = schema.parse(JSON.parse(ended.stdout)) as RunReport;
  for (const { due, sent, not_sent } of [summary.messages, summary.messages.telemetry, summary.messages.script]) {
    const { total, ...reasons } = not_sent;
    const lost = Object.values(reasons).reduce((sum, count) => sum + count, 0);
    if (due !== sent + total || total !== lost) throw new Error(`the messages do not add up: ${ended.stdout}`);
  }
  for (const { filter, sent } of summary.probe?.filters ?? []) {
    if (filter === '#' && sent !== summary.messages.sent)
      throw new Error(`the probe counts otherwise: ${ended.stdout}`);
  }
  return { ...ended, summary };
}

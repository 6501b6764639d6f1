import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ended } from './emu.ts';

/** A program that makes the system calls that its arguments name. */
const CALLS = join(import.meta.dirname, 'calls');

/** Compiles the C files of a directory beside this file, or one file of it. Any warning is an error. */
export function compileC(gcc: string, sources: string, output: string, flags: readonly string[] = []): void {
  const files = sources.endsWith('.c')
    ? [sources]
    : readdirSync(sources)
        .filter((file) => file.endsWith('.c'))
        .map((file) => join(sources, file));
  const options = ['-O2', '-Wall', '-Wextra', '-Werror', '-D_GNU_SOURCE', '-U_FORTIFY_SOURCE', '-pthread', ...flags];
  const { status, stderr } = spawnSync(gcc, [...options, '-o', output, ...files], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${gcc} failed\n${stderr}`);
}

export function compileCalls(gcc: string, output: string, flags: readonly string[] = []): void {
  compileC(gcc, CALLS, output, flags);
}

export interface Placed {
  readonly preload: string;
  readonly i2cPorts?: readonly number[];
  readonly kitPorts?: readonly number[];
}

/** Runs a program on boards, as `emu board --exec` does, and keeps what it prints. */
export async function onBoards(placed: Placed, program: string, ...parameters: readonly string[]): Promise<Ended> {
  const { preload, i2cPorts = [], kitPorts = [] } = placed;
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LD_PRELOAD: preload, EMU_BOARD_I2C: i2cPorts.join(','), EMU_BOARD_KIT: kitPorts.join(',') },
  });
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

import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { elfTraits, type ReadAt } from './elf.ts';

/** Why a program finds no /dev/i2c-N, and what to do instead. */
export interface Obstacle {
  readonly reason: string;
  readonly hint: string;
}

const INSTEAD =
  'or let it speak TCP to the ports in EMU_BOARD_I2C, EMU_BOARD_KIT and EMU_BOARD_CONTROL: docs/board.md describes what they speak.';

/** What keeps the preload library from the calls of a program; undefined where nothing does, as far as its file says. */
export function obstacleTo(program: string, environment: NodeJS.ProcessEnv): Obstacle | undefined {
  const path = findProgram(program, environment);
  const traits = path === undefined ? undefined : withFile(path, elfTraits);
  if (traits === undefined) return undefined;
  if (!traits.hasInterpreter) {
    const why = traits.isGo ? ', as Go programs without cgo are' : '';
    return {
      reason: `${program} is linked statically${why}: /dev/i2c-N and /dev/ttyEMUN are not there for it, because no library can be preloaded`,
      hint: `Link it dynamically${traits.isGo ? ' and use the device from C' : ''}, ${INSTEAD}`,
    };
  }
  if (!traits.isGo) return undefined;
  return {
    reason: `${program} is a Go program: /dev/i2c-N and /dev/ttyEMUN are there for its C code alone, because Go's own packages call the kernel without libc`,
    hint: `Use the device from C, ${INSTEAD}`,
  };
}

/** Where execvp(3) finds it. */
function findProgram(program: string, { PATH = '/bin:/usr/bin' }: NodeJS.ProcessEnv): string | undefined {
  if (program.includes('/')) return program;
  return PATH.split(delimiter)
    .map((directory) => join(directory, program))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Undefined where the file cannot be read: what is wrong with it then shows when it is run. */
function withFile<T>(path: string, use: (readAt: ReadAt) => T): T | undefined {
  let file: number | undefined;
  try {
    if (!statSync(path).isFile()) return undefined;
    file = openSync(path, 'r');
    const descriptor = file;
    return use((position, length) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
    });
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

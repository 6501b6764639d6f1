import { readdirSync } from 'node:fs';
import { EmuError } from '../../emulator/errors.ts';
import { fileTrouble } from './file-trouble.ts';
import { makeDirectory } from './make-directory.ts';

/**
 * Makes the directory of `--out`, or takes an empty one: no export replaces anything. What is returned removes the directory
 * again where it was made here and is empty.
 * @throws EmuError EMU_E_USAGE_OUT
 */
export function makeOutDirectory(directory: string): () => void {
  let remove: () => void;
  let other: string | undefined;
  try {
    remove = makeDirectory(directory);
    [other] = readdirSync(directory);
  } catch (cause) {
    throw outRefused(directory, cause);
  }
  if (other === undefined) return remove;
  throw new EmuError('EMU_E_USAGE_OUT', `--out: cannot write into ${directory}: it is not empty: ${other}`, {
    value: directory,
    hint: 'Name a directory that is empty, or one that does not exist yet.',
  });
}

/** The system refuses to write into the directory of `--out`. */
export function outRefused(directory: string, cause: unknown): EmuError {
  return new EmuError('EMU_E_USAGE_OUT', `--out: cannot write into ${directory}: ${fileTrouble(cause)}`, {
    value: directory,
    hint: 'Make room or correct the permissions, or name another directory.',
    cause,
  });
}

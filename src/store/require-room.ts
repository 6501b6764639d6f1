import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EmuError } from '../../emulator/errors.ts';
import { fileTrouble, makeDirectory } from '../base/index.ts';

/** What a directory is wanted for. */
export interface Purpose {
  readonly code: EmuError['code'];
  /** What it is to hold: `a fleet`. */
  readonly contents: string;
  /** `make a fleet` */
  readonly intent: string;
  /** All names that this program puts into it. */
  readonly entries: readonly RegExp[];
}

/** Refuses a directory, which need not be there yet, that holds anything else than what a beginning left behind. */
export function requireRoom(directory: string, purpose: Purpose): void {
  let entries: string[];
  try {
    entries = readdirSync(directory);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw unusable(directory, purpose, cause);
  }
  const stranger = entries.find((entry) => !purpose.entries.some((own) => own.test(entry)));
  if (stranger === undefined) return;
  throw new EmuError(purpose.code, `${directory} has other contents than ${purpose.contents}: ${stranger}`, {
    value: join(directory, stranger),
    hint: 'Name a directory that is empty, or one that does not exist yet.',
  });
}

export function makeDirectoryFor(directory: string, purpose: Purpose): void {
  try {
    makeDirectory(directory);
  } catch (cause) {
    throw unusable(directory, purpose, cause);
  }
}

function unusable(directory: string, { code, intent }: Purpose, cause: unknown): EmuError {
  return new EmuError(code, `cannot ${intent} in ${directory}: ${fileTrouble(cause)}`, {
    value: directory,
    hint: 'Name a directory that you may write into; it is created when it does not exist.',
    cause,
  });
}

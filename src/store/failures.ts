import { EmuError } from '../../emulator/errors.ts';
import { fileTrouble } from '../base/index.ts';
import { storeKindOf } from './store-kind.ts';

/** What is there cannot be what a fleet of this program left behind. */
export function damaged(file: string, what: string, cause?: unknown): EmuError {
  return new EmuError('EMU_E_FLEET_DAMAGED', `${file}: ${what}`, {
    value: file,
    hint: 'Restore the whole directory from a copy, or begin again in another one; nothing was written.',
    cause,
  });
}

/** What the system or the YAML parser says of a file, in one line: the parser shows the place in those below its first. */
export function yamlTrouble(cause: unknown): string {
  return fileTrouble(cause).replace(/:?\n.*/s, '');
}

/**
 * The codes of lmdb.h for what LMDB finds in pages that it cannot have left so: MDB_PAGE_NOTFOUND, _CORRUPTED, _PANIC,
 * _VERSION_MISMATCH and _INVALID; _INCOMPATIBLE, _BAD_TXN, _BAD_VALSIZE, _BAD_DBI and _PROBLEM.
 */
const DAMAGE: ReadonlySet<unknown> = new Set([
  -30797, -30796, -30795, -30794, -30793, -30784, -30782, -30781, -30780, -30779,
]);

function storeDamaged(file: string, cause: unknown): EmuError {
  return damaged(file, `${storeKindOf(file).called} is damaged`, cause);
}

/** The store could not be read: the system or a limit refuses; or else what LMDB or its binding stumbled over is damage. */
export function readFailed(file: string, cause: unknown): EmuError {
  const { code } = cause as { readonly code?: unknown };
  return code === undefined || DAMAGE.has(code) ? storeDamaged(file, cause) : unreadable(file, cause);
}

/** The system refuses to read a file of the fleet. */
export function unreadable(file: string, cause: unknown): EmuError {
  return new EmuError('EMU_E_FLEET_UNREADABLE', `cannot read ${file}: ${fileTrouble(cause)}`, {
    value: file,
    hint: 'Check the permissions: the chips and keys of a fleet are for its owner alone.',
    cause,
  });
}

/** The store could not be written: nothing that was not committed is in it, and nothing that was is lost. */
export function writeFailed(file: string, cause: unknown): EmuError {
  if (DAMAGE.has((cause as { readonly code?: unknown }).code)) return storeDamaged(file, cause);
  return new EmuError('EMU_E_STORE_WRITE', `cannot write ${file}: ${fileTrouble(cause)}`, {
    value: file,
    hint: 'Nothing that was committed is lost. Make room or correct the permissions, and run the same command again.',
    cause,
  });
}

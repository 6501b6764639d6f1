import { constants } from 'node:os';
import { EmuError } from '../../emulator/errors.ts';

/** LMDB gives the system's numbers. */
const LMDB_CODES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

/** The system's words for why a file cannot be used, without the call and the path that Node adds. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string | number; readonly message: string };
  switch (typeof code === 'number' ? LMDB_CODES[code] : code) {
    case 'EIO':
      return 'the system took only a part, as of a full disk';
    case 'ENOSPC':
      return 'the disk is full';
    case 'EFBIG':
      return 'the file may not grow any more';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a file is in the way';
    default:
      return message;
  }
}

/** What is there cannot be what a fleet of this program left behind. */
export function damaged(file: string, what: string, cause?: unknown): EmuError {
  return new EmuError('EMU_E_FLEET_DAMAGED', `${file}: ${what}`, {
    value: file,
    hint: 'Restore the whole directory from a copy, or make the fleet anew; nothing was written.',
    cause,
  });
}

/** The store could not be written: nothing that was not committed is in it, and nothing that was is lost. */
export function writeFailed(file: string, cause: unknown): EmuError {
  return new EmuError('EMU_E_STORE_WRITE', `cannot write ${file}: ${reasonOf(cause)}`, {
    value: file,
    hint: 'What was committed before is kept. Make room or mend the permissions, and give the same command again.',
    cause,
  });
}

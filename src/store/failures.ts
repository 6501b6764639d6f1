import { EmuError } from '../../emulator/errors.ts';
import { fileTrouble } from '../base/index.ts';

/** What is there cannot be what a fleet of this program left behind. */
export function damaged(file: string, what: string, cause?: unknown): EmuError {
  return new EmuError('EMU_E_FLEET_DAMAGED', `${file}: ${what}`, {
    value: file,
    hint: 'Restore the whole directory from a copy, or create the fleet again; nothing was written.',
    cause,
  });
}

/** The store could not be written: nothing that was not committed is in it, and nothing that was is lost. */
export function writeFailed(file: string, cause: unknown): EmuError {
  return new EmuError('EMU_E_STORE_WRITE', `cannot write ${file}: ${fileTrouble(cause)}`, {
    value: file,
    hint: 'Nothing that was committed is lost. Make room or correct the permissions, and run the same command again.',
    cause,
  });
}

import type { EmuError } from '../../emulator/errors.ts';

/** What an action is refused with. */
export function complaintOf(action: () => unknown): EmuError {
  try {
    action();
  } catch (error) {
    return error as EmuError;
  }
  throw new Error('nothing was refused');
}

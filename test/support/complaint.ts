import { EmuError } from '../../emulator/errors.ts';

/** What an action is refused with. */
export async function complaintOf(action: () => unknown): Promise<EmuError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof EmuError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

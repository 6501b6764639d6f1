import { EmuError } from '../../../emulator/errors.ts';

/** A mistake on the command line: the program prints it in one line, a hint in the next, and exits with 2. */
export function usageError(message: string, hint: string, cause?: unknown): EmuError {
  return new EmuError('EMU_E_USAGE', message, { hint, cause });
}

/** The offending value in a message, so that an empty or odd one can be seen. */
export function quoted(value: unknown): string {
  return JSON.stringify(value);
}

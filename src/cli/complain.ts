import { EmuError } from '../../emulator/errors.ts';
import { noDescriptorsLeft } from './descriptors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';

/** One line on stderr, and one on what to do when there is one. */
export function complain(message: string, hint?: string): void {
  const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ');
  process.stderr.write(`emu: ${oneLine(message)}\n${hint === undefined ? '' : `     ${oneLine(hint)}\n`}`);
}

/** Says what went wrong, without a stack unless EMU_DEBUG asks for it, and returns the exit code. */
export function complainOf(error: unknown): number {
  const debug = process.env.EMU_DEBUG !== undefined && process.env.EMU_DEBUG !== '';
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  if (error instanceof EmuError) {
    complain(error.message, error.hint);
    return exitCodeOf(error);
  }
  if ((error as NodeJS.ErrnoException).code === 'EMFILE') return complainOf(noDescriptorsLeft());
  complain(
    error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    `This is a bug in emu; please report it${debug ? '.' : ' with what EMU_DEBUG=1 adds.'}`,
  );
  return EXIT.failed;
}

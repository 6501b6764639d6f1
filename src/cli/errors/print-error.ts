import { EmuError } from '../../../emulator/errors.ts';
import type { Io } from '../io/index.ts';
import { noDescriptorsLeft } from './descriptors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';

/** One line on stderr, and one on what to do when there is one. */
export function printError({ stderr }: Pick<Io, 'stderr'>, message: string, hint?: string): void {
  const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ');
  stderr.write(`emu: ${oneLine(message)}\n${hint === undefined ? '' : `     ${oneLine(hint)}\n`}`);
}

/** Prints what went wrong, without a stack unless EMU_DEBUG asks for it, and returns the exit code. */
export function reportError(io: Pick<Io, 'stderr' | 'environment'>, error: unknown): number {
  const debug = (io.environment.EMU_DEBUG ?? '') !== '';
  if (debug && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  if (error instanceof EmuError) {
    printError(io, error.message, error.hint);
    return exitCodeOf(error);
  }
  if ((error as NodeJS.ErrnoException).code === 'EMFILE') return reportError(io, noDescriptorsLeft());
  printError(
    io,
    error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    `This is a bug in emu; please report it${debug ? '.' : ' with what EMU_DEBUG=1 adds.'}`,
  );
  return EXIT.failed;
}

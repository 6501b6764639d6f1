import { EmuError } from '../../../emulator/errors.ts';
import type { TextOutput } from '../../report/index.ts';
import type { Io } from '../io/index.ts';
import { noDescriptorsLeft } from './descriptors.ts';
import { exitCodeOf } from './exit-codes.ts';

/** One line on stderr, and one for each of `more` that there is. */
export function printError({ stderr }: Pick<Io, 'stderr'>, message: string, ...more: (string | undefined)[]): void {
  const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ');
  const lines = more.filter((text) => text !== undefined).map((text) => `     ${oneLine(text)}\n`);
  stderr.write(`emu: ${oneLine(message)}\n${lines.join('')}`);
}

/**
 * Prints what went wrong, what to do and the code, without a stack unless EMU_DEBUG asks for it, and returns the exit code.
 * @param json where a line of JSON says the same, in place of a result that should have been JSON
 */
export function reportError(io: Pick<Io, 'stderr' | 'environment'>, thrown: unknown, json?: TextOutput): number {
  const debug = (io.environment.EMU_DEBUG ?? '') !== '';
  if (debug && thrown instanceof Error) io.stderr.write(`${thrown.stack}\n`);
  const { code, message, hint } = emuErrorOf(thrown, debug);
  const exit = exitCodeOf({ code });
  printError(io, message, hint, code);
  json?.write(`${JSON.stringify({ schema: 'emu-error/1', error: { code, message, hint }, exit_code: exit })}\n`);
  return exit;
}

function emuErrorOf(thrown: unknown, debug: boolean): EmuError {
  if (thrown instanceof EmuError) return thrown;
  if ((thrown as NodeJS.ErrnoException | undefined)?.code === 'EMFILE') return noDescriptorsLeft();
  return new EmuError(
    'EMU_E_INTERNAL',
    thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown),
    { hint: `This is a bug in emu; please report it${debug ? '.' : ' with what EMU_DEBUG=1 adds.'}` },
  );
}

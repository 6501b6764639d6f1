import type { TextOutput } from '../report/index.ts';
import { type Arguments, type Command, verbosity } from './command/index.ts';
import { parseCommandLine } from './command-line/index.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, reportError } from './errors/index.ts';
import type { Io } from './io/index.ts';
import { resolveSettings, unknownVariables } from './settings/index.ts';

/** Runs what the words behind `emu` ask for. Resolves to the exit code, errors printed. */
export async function main(argv: readonly string[], outside: Io): Promise<number> {
  const stdout = watched(outside.stdout);
  const io: Io = { ...outside, stdout };
  // Of a line that cannot be understood, these words are.
  let understood: Arguments = Object.fromEntries(wordsOf(argv).map((word) => [word.replace(/^--/, ''), true]));
  try {
    const invocation = parseCommandLine(argv, stdout.columns, io.environment);
    if ('print' in invocation) {
      stdout.write(invocation.print);
      return EXIT.ok;
    }
    return await dispatch(invocation.command, invocation.args, io, (args) => {
      understood = args;
    });
  } catch (error) {
    const { json, exec } = understood;
    // With --exec standard output is the program's, and what was written already was the result.
    const output = exec === true ? io.stderr : stdout.written ? undefined : stdout;
    return reportError(io, error, json === true ? output : undefined);
  }
}

/** Runs a command with what the command line, the environment and the settings file say together. */
async function dispatch(
  command: Command,
  line: Arguments,
  io: Io,
  onArguments: (args: Arguments) => void,
): Promise<number> {
  const warnings = unknownVariables(io.environment, command, COMMANDS);
  const settings = await resolveSettings(command, line, io.environment);
  onArguments(settings.args);
  try {
    const { quiet, verbose } = verbosity(settings.args);
    for (const warning of quiet ? [] : warnings) io.stderr.write(`emu: ${warning}\n`);
    for (const setting of verbose ? settings.describe() : []) io.stderr.write(`emu: ${setting}\n`);
    return await command.run(settings.args, io);
  } catch (error) {
    throw settings.explain(error);
  }
}

/** What stands behind `--` is another program's. */
function wordsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

/** An output that knows whether something was written to it. */
function watched(output: TextOutput): TextOutput & { readonly written: boolean } {
  let written = false;
  return {
    write(text) {
      written = true;
      return output.write(text);
    },
    get written() {
      return written;
    },
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
  };
}

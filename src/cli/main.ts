import { type Arguments, type Command, verbosity } from './command/index.ts';
import { parseCommandLine } from './command-line/index.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, reportError } from './errors/index.ts';
import type { Io } from './io/index.ts';
import { resolveSettings, unknownVariables } from './settings/index.ts';

/** Runs what the words behind `emu` ask for. Resolves to the exit code, errors printed. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const invocation = parseCommandLine(argv, io.stdout.columns, io.environment);
    if ('print' in invocation) {
      io.stdout.write(invocation.print);
      return EXIT.ok;
    }
    return await dispatch(invocation.command, invocation.args, io);
  } catch (error) {
    return reportError(io, error);
  }
}

/** Runs a command with what the command line, the environment and the settings file say together. */
async function dispatch(command: Command, line: Arguments, io: Io): Promise<number> {
  const warnings = unknownVariables(io.environment, command, COMMANDS);
  const settings = await resolveSettings(command, line, io.environment);
  try {
    const { quiet, verbose } = verbosity(settings.args);
    for (const warning of quiet ? [] : warnings) io.stderr.write(`emu: ${warning}\n`);
    for (const setting of verbose ? settings.describe() : []) io.stderr.write(`emu: ${setting}\n`);
    return await command.run(settings.args, io);
  } catch (error) {
    throw settings.explain(error);
  }
}

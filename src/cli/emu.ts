#!/usr/bin/env node
import type { Arguments, Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import { verbosity } from './common-options.ts';
import { complain, complainOf } from './complain.ts';
import { unknownVariables } from './environment.ts';
import { EXIT } from './exit-codes.ts';
import { parseCommandLine } from './program.ts';
import { settle } from './settings.ts';

/** A reader that went away (`emu run | head`) does not end a run; a disk that is full behind `>` must be said. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (stream === process.stdout) complain(`cannot write the output: ${error.message}`);
    process.exit(EXIT.failed);
  });
}

async function main(): Promise<number> {
  try {
    const invocation = parseCommandLine(process.argv.slice(2));
    if ('print' in invocation) {
      process.stdout.write(invocation.print);
      return EXIT.ok;
    }
    return await obey(invocation.command, invocation.args);
  } catch (error) {
    return complainOf(error);
  }
}

/** Does what the command line, the environment and the settings file ask for together. */
async function obey(command: Command, line: Arguments): Promise<number> {
  const warnings = unknownVariables(process.env, COMMANDS);
  const settings = await settle(command, line, process.env);
  try {
    const { quiet, verbose } = verbosity(settings.args);
    for (const warning of quiet ? [] : warnings) process.stderr.write(`emu: ${warning}\n`);
    for (const setting of verbose ? settings.describe() : []) process.stderr.write(`emu: ${setting}\n`);
    return await command.run(settings.args);
  } catch (error) {
    throw settings.explain(error);
  }
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

const code = await main();
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);

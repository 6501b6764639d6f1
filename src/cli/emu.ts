#!/usr/bin/env node
import { complain, complainOf } from './complain.ts';
import { EXIT } from './exit-codes.ts';
import { parseCommandLine } from './program.ts';

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
    return await invocation.command.run(invocation.args);
  } catch (error) {
    return complainOf(error);
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

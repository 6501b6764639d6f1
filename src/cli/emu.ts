#!/usr/bin/env node
import { EXIT, printError } from './errors/index.ts';
import { processIo } from './io/index.ts';
import { main } from './main.ts';

const io = processIo(process);

/** A reader that went away (`emu run | head`) does not end a run; a disk that is full behind `>` must be reported. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (stream === process.stdout) printError(io, `cannot write the output: ${error.message}`);
    process.exit(EXIT.failed);
  });
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

const code = await main(process.argv.slice(2), io);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);

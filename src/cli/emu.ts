#!/usr/bin/env node
import { fileTrouble } from '../base/index.ts';
import { EXIT, printError } from './errors/index.ts';
import { processIo } from './io/index.ts';
import { main } from './main.ts';

const io = processIo(process);

/**
 * Nothing that can be said no more ends what is under way: a reader that went away (`emu run | head`) misses nothing that it
 * wants, and a full disk behind `>` costs the text alone, which the exit code tells.
 */
let unwritten = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || unwritten) return;
    unwritten = true;
    if (stream === process.stdout)
      printError(io, `cannot write the output: ${fileTrouble(error)}; the command goes on`);
  });
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

const code = await main(process.argv.slice(2), io);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code === EXIT.ok && unwritten ? EXIT.failed : code);

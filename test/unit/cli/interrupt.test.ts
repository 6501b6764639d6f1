import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const MODULE = new URL('../../../dist/src/cli/io/index.js', import.meta.url).href;
const PROGRAM = `
  const { onInterrupt, processIo } = await import(process.argv[1]);
  const { signal } = onInterrupt(processIo(process), () => console.log('first, aborted: ' + signal.aborted));
  setInterval(() => {}, 1000);
  console.log('ready');`;

// 128 + the signal's number, as a shell says it.
test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the second %s ends the process at once with %i', async (signal, exit) => {
  const program = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, MODULE]);
  program.stdout.setEncoding('utf8');
  expect(await once(program.stdout, 'data')).toEqual(['ready\n']);
  program.kill(signal);
  expect(await once(program.stdout, 'data')).toEqual(['first, aborted: true\n']);
  program.kill(signal);
  expect(await once(program, 'exit')).toEqual([exit, null]);
});

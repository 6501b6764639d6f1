import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { type Io, onInterrupt, type SignalName } from '../../../src/cli/io/index.ts';

function setUp() {
  const signals = new EventEmitter();
  const calls: (string | number)[] = [];
  const io: Pick<Io, 'onSignals' | 'abandon'> = {
    onSignals(names, listener) {
      for (const name of names) signals.on(name, listener);
      return () => {
        for (const name of names) signals.off(name, listener);
      };
    },
    abandon: (code) => calls.push(code),
  };
  const interrupt = onInterrupt(io, () => calls.push('first'));
  return {
    calls,
    interrupt,
    listening: () => signals.eventNames(),
    send: (name: SignalName) => signals.emit(name, name),
  };
}

test('the first signal aborts, the second abandons the process, 128 and its own number', () => {
  const { calls, interrupt, send } = setUp();
  expect(interrupt.signal.aborted).toBe(false);
  send('SIGINT');
  expect([interrupt.signal.aborted, calls]).toEqual([true, ['first']]);
  send('SIGTERM');
  expect(calls).toEqual(['first', 143]);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('a SIGHUP after %s does nothing', (first) => {
  const { calls, send } = setUp();
  send(first);
  send('SIGHUP');
  expect(calls).toEqual(['first']);
});

test('when it is released, nothing listens any more', () => {
  const { interrupt, listening } = setUp();
  expect(listening()).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP']);
  interrupt.release();
  expect(listening()).toEqual([]);
});

const MODULE = new URL('../../../dist/src/cli/io/index.js', import.meta.url).href;
const PROGRAM = `
  const { onInterrupt, processIo } = await import(process.argv[1]);
  const { signal, release } = onInterrupt(processIo(process), () => {
    if (process.argv[2] === 'release') release();
    console.log('first, aborted: ' + signal.aborted);
  });
  setInterval(() => {}, 1000);
  console.log('ready');`;

async function startProgram(atFirst?: 'release') {
  const program = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    PROGRAM,
    MODULE,
    ...(atFirst ? [atFirst] : []),
  ]);
  program.stdout.setEncoding('utf8');
  expect(await once(program.stdout, 'data')).toEqual(['ready\n']);
  return program;
}

// 128 + the signal's number, as a shell says it.
test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the second %s ends a real process at once with %i', async (signal, exit) => {
  const program = await startProgram();
  program.kill(signal);
  expect(await once(program.stdout, 'data')).toEqual(['first, aborted: true\n']);
  program.kill(signal);
  expect(await once(program, 'exit')).toEqual([exit, null]);
});

test('the second SIGHUP does nothing to a real process', async () => {
  const program = await startProgram();
  program.kill('SIGHUP');
  expect(await once(program.stdout, 'data')).toEqual(['first, aborted: true\n']);
  program.kill('SIGHUP');
  program.kill('SIGINT');
  expect(await once(program, 'exit')).toEqual([130, null]);
});

test('a SIGHUP after the first signal does nothing when the others have their ordinary meaning back', async () => {
  const program = await startProgram('release');
  program.kill('SIGHUP');
  expect(await once(program.stdout, 'data')).toEqual(['first, aborted: true\n']);
  program.kill('SIGHUP');
  program.kill('SIGTERM');
  expect(await once(program, 'exit')).toEqual([null, 'SIGTERM']);
});

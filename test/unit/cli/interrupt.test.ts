import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { type Io, onInterrupt, type SignalName } from '../../../src/cli/io/index.ts';

function setUp() {
  const listeners = new Map<SignalName, (name: SignalName) => void>();
  const calls: (string | number)[] = [];
  const io: Pick<Io, 'onSignals' | 'abandon'> = {
    onSignals(names, listener) {
      for (const name of names) listeners.set(name, listener);
      return () => listeners.clear();
    },
    abandon: (code) => calls.push(code),
  };
  const interrupt = onInterrupt(io, () => calls.push('first'));
  return { listeners, calls, interrupt, send: (name: SignalName) => listeners.get(name)?.(name) };
}

test('the first signal aborts, the second abandons the process, 128 and its own number', () => {
  const { calls, interrupt, send } = setUp();
  expect(interrupt.signal.aborted).toBe(false);
  send('SIGINT');
  expect([interrupt.signal.aborted, calls]).toEqual([true, ['first']]);
  send('SIGTERM');
  expect(calls).toEqual(['first', 143]);
});

test('when it is released, nothing listens any more', () => {
  const { listeners, interrupt } = setUp();
  expect([...listeners.keys()]).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP']);
  interrupt.release();
  expect(listeners.size).toBe(0);
});

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
  ['SIGHUP', 129],
] as const)('the second %s ends a real process at once with %i', async (signal, exit) => {
  const program = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, MODULE]);
  program.stdout.setEncoding('utf8');
  expect(await once(program.stdout, 'data')).toEqual(['ready\n']);
  program.kill(signal);
  expect(await once(program.stdout, 'data')).toEqual(['first, aborted: true\n']);
  program.kill(signal);
  expect(await once(program, 'exit')).toEqual([exit, null]);
});

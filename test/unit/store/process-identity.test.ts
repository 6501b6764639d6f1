import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isAlive, ownIdentity } from '../../../src/store/process-identity.ts';

const stateOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');

test('a process that has ended and that nobody has waited for is dead', async () => {
  // The shell becomes a program that waits for no child.
  const parent = spawn('bash', ['-c', 'read -r <&0 & echo $!; exec tail -f /dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill());
  const [line] = await once(parent.stdout.setEncoding('utf8'), 'data');
  const pid = Number(line);
  // A child that ended before that would be waited for by the shell.
  const program = () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8');
  await vi.waitFor(() => expect(program()).toBe('tail\n'), { timeout: 20_000 });
  parent.stdin.end();
  await vi.waitFor(() => expect(stateOf(pid)).toMatch(/^Z /), { timeout: 20_000 });
  const started = stateOf(pid).split(' ')[19] ?? '';
  expect(started).toMatch(/^\d+$/);
  expect(isAlive({ ...ownIdentity(), pid, started })).toBe(false);
  expect(isAlive(ownIdentity())).toBe(true);
});

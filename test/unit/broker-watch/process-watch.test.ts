import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { ProcessWatch } from '../../../src/broker-watch/index.ts';
import { program } from '../../support/emu.ts';

/** A process that holds five sockets and is busy. */
const BUSY = `
const net = require('node:net');
const server = net.createServer().listen(0, '127.0.0.1', () => {
  const clients = [1, 2].map(() => net.connect(server.address().port, '127.0.0.1'));
  setInterval(() => { const until = Date.now() + 50; while (Date.now() < until); }, 100);
});
setTimeout(() => process.exit(), 60_000).unref();
`;

test('a process is sampled until it ends', { timeout: 20_000 }, async () => {
  const child = spawn(process.execPath, ['-e', BUSY], { stdio: 'ignore' });
  const { pid = 0 } = child;
  const watch = new ProcessWatch(pid);
  watch.start();
  await vi.waitFor(() => {
    // A listener, two clients and what it accepted of them.
    expect(watch.report.sockets_max).toBe(5);
    expect(watch.report.cpu_share_max).toBeGreaterThan(0.1);
  }, 10_000);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await vi.waitFor(() => expect(watch.report.ended).toBe(true), 10_000);
  watch.stop();
  const { report } = watch;
  expect(report).toMatchObject({ pid, ended: true });
  expect(report.rss_bytes_max).toBeGreaterThan(20e6);
});

test.each([
  [2 ** 22 + 1, 'linux', /^--broker-pid: process \d+ cannot be watched: there is no such process$/],
  [process.pid, 'darwin', /cannot be watched: this is darwin, and only the \/proc of Linux says it$/],
] as const)('process %i on %s cannot be watched', (pid, platform, message) => {
  expect(() => new ProcessWatch(pid, platform)).toThrow(
    expect.objectContaining({ code: 'EMU_E_USAGE_BROKER_PID', message: expect.stringMatching(message) }),
  );
});

test.skipIf(process.getuid?.() !== 0)("a process of another user's cannot be watched", () => {
  const line = [program, 'run', '--broker', 'mqtts://localhost', '--broker-pid', `${process.pid}`];
  const { status, stderr } = spawnSync(process.execPath, line, { encoding: 'utf8', uid: 65_534, gid: 65_534 });
  expect({ status, stderr }).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      /^emu: --broker-pid: process \d+ cannot be watched: the system refuses it \(EACCES\)\n {5}Name/,
    ),
  });
});

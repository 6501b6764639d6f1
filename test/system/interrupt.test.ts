import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { RunReport } from '../../src/report/index.ts';
import { type Running, startEmu } from '../support/emu.ts';

/** Long enough that no run ends by itself. */
const ARGS = ['run', '--json', '--count', '40', '--rate', '10', '--duration', '60s'];
const patience = { timeout: 20_000, interval: 5 };

const said = (run: Running, text: string) => vi.waitFor(() => expect(run.output.stderr).toContain(text), patience);

/** With it the run says on stderr when its third device is connected. */
const WATCHED = ['--console', '2'];
const CONNECTED = 'MQTT_EVENT_CONNECTED';

/** The one process beside the run's own: the embedded broker, or the probe. */
function childOf({ child: { pid } }: Running): number {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  expect(stdout).toMatch(/^\d+\n$/);
  return Number(stdout);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('interrupted in the middle: the summary, 105, and no process left', async () => {
  const run = startEmu([...ARGS, ...WATCHED]);
  await said(run, CONNECTED);
  const broker = childOf(run);
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.ended;

  expect(code).toBe(105);
  const { devices, causes, run: facts }: RunReport = JSON.parse(stdout);
  expect(facts.interrupted).toBe(true);
  expect(devices.arrived).toBeGreaterThanOrEqual(3);
  expect(devices.arrived).toBeLessThan(40);
  expect(devices).toMatchObject({ planned: 40, not_started: 40 - devices.arrived });
  expect(devices.connected).toBeGreaterThan(0);
  expect(causes.reduce((sum, { count }) => sum + count, 0)).toBe(devices.failed);
  expect(stderr).toContain('interrupted: closing the devices; interrupt again to stop at once\n');
  expect(isAlive(broker)).toBe(false);
});

test('interrupted while the fleet is made: a summary in which no device has started', async () => {
  const run = startEmu(['run', '--json', '--count', '900', '--rate', '900', '--duration', '60s']);
  await said(run, '900 devices of ');
  run.child.kill('SIGINT');
  const { code, stdout } = await run.ended;
  expect(code).toBe(105);
  const { devices }: RunReport = JSON.parse(stdout);
  expect(devices).toMatchObject({ planned: 900, arrived: 0, connected: 0, failed: 0, not_started: 900 });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s twice: ends at once with %i, no summary and no process left', async (signal, exit) => {
  const run = startEmu(ARGS);
  await said(run, 'embedded broker: ');
  const broker = childOf(run);
  await delay(300);
  run.child.kill(signal);
  await said(run, 'interrupted: ');
  run.child.kill(signal);
  const { code, stdout } = await run.ended;
  expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
  await vi.waitFor(() => expect(isAlive(broker)).toBe(false), patience);
});

// The shell of a terminal that closes, then the kernel; systemd with SendSIGHUP=.
test.each([
  ['SIGHUP', 'SIGHUP'],
  ['SIGTERM', 'SIGHUP'],
] as const)('%s and then %s: the summary, and 105', async (first, second) => {
  const run = startEmu([...ARGS, ...WATCHED]);
  await said(run, CONNECTED);
  run.child.kill(first);
  await said(run, 'interrupted: ');
  run.child.kill(second);
  const { code, stdout } = await run.ended;
  expect(code).toBe(105);
  expect(JSON.parse(stdout).run.interrupted).toBe(true);
});

// A terminal sends Ctrl-C to the whole process group, whatever of it has started by then.
test.each([0, 60])("a terminal's Ctrl-C %i ms after the fleet is made: the summary, and 105", async (ms) => {
  const run = startEmu(ARGS, { detached: true });
  await said(run, 'provisioning devices 40/40');
  await delay(ms);
  process.kill(-(run.child.pid as number), 'SIGINT');
  const { code, stdout, stderr } = await run.ended;
  expect({ code, stderr }).toEqual({ code: 105, stderr: expect.not.stringContaining('emu: ') });
  expect(JSON.parse(stdout).run.interrupted).toBe(true);
});

test.each([30, 1000])('killed %i ms after the fleet is made, the run leaves no process', async (ms) => {
  const run = startEmu(ARGS);
  await said(run, 'provisioning devices 40/40');
  await delay(ms);
  const { stdout } = spawnSync('pgrep', ['-P', String(run.child.pid)], { encoding: 'utf8' });
  run.child.kill('SIGKILL');
  await run.ended;
  const broker = Number(stdout);
  if (ms === 1000) expect(broker).toBeGreaterThan(0);
  if (broker > 0) await vi.waitFor(() => expect(isAlive(broker)).toBe(false), patience);
});

test('the embedded broker killed in the middle: what was measured, one line, and exit 1', async () => {
  const run = startEmu([...ARGS, ...WATCHED]);
  await said(run, CONNECTED);
  const broker = childOf(run);
  process.kill(broker, 'SIGKILL');
  const { code, stdout, stderr } = await run.ended;
  expect(code).toBe(1);
  const { devices, run: facts }: RunReport = JSON.parse(stdout);
  expect(facts.interrupted).toBe(false);
  expect(devices.connected).toBeGreaterThan(0);
  expect(devices.not_started).toBe(40 - devices.arrived);
  expect(stderr.match(/^emu: .*$/gm)).toEqual(['emu: the embedded broker died: killed by SIGKILL']);
  expect(stderr).not.toMatch(/^ +at /m);
});

test('interrupted while the probe waits for a broker that says nothing: it is not waited for, and no process left', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const run = startEmu([...ARGS, '--broker', `mqtts://127.0.0.1:${port}`, '--probe']);
  const [socket] = await once(silent, 'connection');
  const probe = childOf(run);
  // Its own wait for a CONNACK ends after 10 s, that of a stopped process never.
  process.kill(probe, 'SIGSTOP');
  onTestFinished(() => {
    run.child.kill('SIGKILL');
    if (isAlive(probe)) process.kill(probe, 'SIGKILL');
  });
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.ended;
  socket.destroy();
  expect({ code, stderr }).toEqual({ code: 105, stderr: expect.not.stringContaining('emu: ') });
  expect(JSON.parse(stdout)).toMatchObject({ devices: { arrived: 0 }, run: { interrupted: true } });
  expect(isAlive(probe)).toBe(false);
});

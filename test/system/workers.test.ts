import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { RunMetrics } from '../../src/metrics/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import type { RunReport } from '../../src/report/index.ts';
import { runFleet } from '../../src/run/index.ts';
import { emu, emuRun, type Running, startEmu } from '../support/emu.ts';
import { makeFleet } from '../support/persistent-fleet.ts';
import { childrenOf, gone, workersOf } from '../support/processes.ts';

const COUNT = 40;
const ARGS = ['--count', `${COUNT}`, '--workers', '2', '--interval', '500ms'];
/** Long enough that no run ends by itself. */
const ENDLESS = ['run', '--json', ...ARGS, '--rate', '40', '--duration', '60s'];
const patience = { timeout: 30_000, interval: 5 };

const scratch = mkdtempSync(join(tmpdir(), 'emu-workers-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const said = (run: Running, text: string) => vi.waitFor(() => expect(run.output.stderr).toContain(text), patience);

/** All devices are connected, and have been long enough for every worker to have said so. */
async function allConnected(run: Running): Promise<void> {
  await said(run, `all ${COUNT} devices have arrived`);
  await delay(2000);
}

test('a worker that is killed takes its own devices with it, and nobody else', async () => {
  const run = startEmu([...ENDLESS.slice(0, -1), '7s']);
  await allConnected(run);
  const [victim = 0, other = 0] = workersOf(run.child);
  process.kill(victim, 'SIGKILL');
  const { code, stdout, stderr } = await run.ended;
  const { devices, causes, disconnections, workers, messages, chip_commands }: RunReport = JSON.parse(stdout);

  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^worker \d ended \(killed by SIGKILL\): its 20 devices are lost, 20 of them connected; the other workers go on$/m,
  );
  expect(stderr).toMatch(/^ +7\.\ds {2}connected 20 {2}connecting {2}0 {2}failed {2}0 {2}gone 20( {2}|$)/m);
  expect(stderr.match(/^emu: .*$/gm)).toEqual([
    expect.stringMatching(/^emu: 1 of 2 workers ended before the run: worker \d \(killed by SIGKILL\)$/),
  ]);
  expect(devices).toMatchObject({ planned: COUNT, arrived: COUNT, connected: COUNT, failed: 0, not_started: 0 });
  expect(causes).toEqual([]);
  expect(disconnections).toMatchObject([{ code: 'generator.WORKER_ENDED', side: 'generator', count: 20 }]);
  expect(workers).toEqual({
    count: 2,
    ended: [{ worker: expect.any(Number), reason: 'killed by SIGKILL', devices: 20, connected: 20, not_started: 0 }],
  });
  // The other worker's devices went on: more than all of them had sent by then.
  expect(messages.sent).toBeGreaterThan(COUNT * 3);
  // Each chip: 8 commands at boot, 31 for a handshake, of which the killed worker had reported its own.
  expect(chip_commands).toBeGreaterThanOrEqual(COUNT * 39);
  await gone([victim, other]);
});

test('a worker that is killed before its devices connect: they have failed, or were never started', async () => {
  const run = startEmu(['run', '--json', ...ARGS, '--rate', '10', '--duration', '5s']);
  await said(run, 'embedded broker: ');
  await vi.waitFor(() => expect(workersOf(run.child)).toHaveLength(2), patience);
  const [, victim = 0] = workersOf(run.child);
  process.kill(victim, 'SIGSTOP');
  await delay(1500);
  process.kill(victim, 'SIGKILL');
  const { code, stdout } = await run.ended;
  const { devices, causes, workers }: RunReport = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(devices.arrived + devices.not_started).toBe(COUNT);
  expect(devices.not_started).toBe(workers.ended[0]?.not_started);
  expect(devices.not_started).toBeGreaterThan(0);
  expect(causes.reduce((sum, { count }) => sum + count, 0)).toBe(devices.failed);
});

test('all workers killed: the run is over, with a summary', async () => {
  const run = startEmu(ENDLESS);
  await allConnected(run);
  for (const pid of workersOf(run.child)) process.kill(pid, 'SIGKILL');
  const { code, stdout } = await run.ended;
  expect(code).toBe(1);
  const { workers, run: facts }: RunReport = JSON.parse(stdout);
  expect(workers.ended).toHaveLength(2);
  expect(facts.duration_ms).toBeLessThan(60_000);
});

test('interrupted: the summary, 105, and no process left', async () => {
  const run = startEmu(ENDLESS, { detached: true });
  await allConnected(run);
  const children = childrenOf(run.child);
  expect(children).toHaveLength(3);
  // As a terminal sends Ctrl-C: to the whole process group.
  process.kill(-(run.child.pid as number), 'SIGINT');
  const { code, stdout, stderr } = await run.ended;
  expect({ code, stderr }).toEqual({ code: 105, stderr: expect.not.stringContaining('emu: ') });
  expect(JSON.parse(stdout)).toMatchObject({
    devices: { connected: COUNT },
    run: { interrupted: true },
    workers: { count: 2, ended: [] },
  });
  await gone(children);
});

test('a worker that is stopped for 3 s: nothing of its devices fails, and it is late, not the broker', async () => {
  const run = startEmu(['run', '--json', ...ARGS, '--rate', '10', '--duration', '8s']);
  await said(run, 'embedded broker: ');
  await delay(2000);
  const [victim = 0] = workersOf(run.child);
  process.kill(victim, 'SIGSTOP');
  await delay(3000);
  process.kill(victim, 'SIGCONT');
  const { code, stdout, stderr } = await run.ended;
  const { devices, causes, disconnections, generator }: RunReport = JSON.parse(stdout);
  expect({ code, causes, disconnections }).toEqual({ code: 0, causes: [], disconnections: [] });
  expect(devices).toMatchObject({ arrived: COUNT, connected: COUNT });
  expect(generator.late_ms_max).toBeGreaterThan(2500);
  expect(generator.late_seconds).toBeGreaterThan(2.5);
  expect(stderr).toMatch(/load generator late \d+\.\ds( {2}|$)/m);
  expect(stderr).not.toContain('look at its load');
});

test.each([1, 2])('when all devices have arrived, the figures have them all: workers %i', async (workers) => {
  const profile = loadProfile('esp32-mqtts');
  const metrics = new RunMetrics(COUNT, workers);
  const stop = new AbortController();
  let arrived: number | undefined;
  await runFleet(
    {
      ...{ count: COUNT, rate: 400, durationMs: 60_000, workers, pace: 'fast', crypto: 'node' },
      ...{ profile, profileName: profile.name, broker: 'embedded', trust: [] },
    },
    {
      metrics,
      signal: stop.signal,
      onPhase({ phase }) {
        if (phase !== 'arrived') return;
        arrived = metrics.snapshot().arrived;
        stop.abort();
      },
    },
  );
  expect(arrived).toBe(COUNT);
});

describe.concurrent('two workers', () => {
  test('a worker that is killed while devices are made ends the run, and leaves no process', async () => {
    const profile = loadProfile('esp32-mqtts');
    const workers: number[] = [];
    const ended = runFleet(
      {
        ...{ count: 400, rate: 100, durationMs: 60_000, workers: 2, pace: 'fast', crypto: 'node' },
        ...{ profile, profileName: profile.name, broker: 'embedded', trust: [] },
      },
      {
        metrics: new RunMetrics(400, 2),
        signal: new AbortController().signal,
        onPhase({ phase }) {
          if (phase !== 'provisioning' || workers.length > 0) return;
          workers.push(...workersOf(process));
          process.kill(workers[0] ?? 0, 'SIGKILL');
        },
      },
    );
    await expect(ended).rejects.toMatchObject({
      code: 'EMU_E_WORKER',
      message: expect.stringMatching(/^worker \d ended before the first device arrived: killed by SIGKILL$/),
    });
    expect(workers).toHaveLength(2);
    await gone(workers);
  });

  test.each(['provisioning devices', 'embedded broker: ', 'have arrived'])(
    'killed when it says "%s", a run leaves no process',
    async (moment) => {
      const run = startEmu(ENDLESS);
      await said(run, moment);
      const children = childrenOf(run.child);
      expect(children.length).toBeGreaterThanOrEqual(2);
      run.child.kill('SIGKILL');
      await run.ended;
      await gone(children);
    },
  );

  test('write one file of each kind, whichever has the device', async () => {
    const out = join(scratch, 'out');
    const pcap = join(scratch, 'run.pcapng');
    // Device 3 of 4 is the second worker's.
    const watch = ['--trace', '3', '--console', '0', '--pcap', pcap, '--probe', '--out', out];
    const { code, summary, stderr } = await emuRun(
      ...['--count', '4', '--workers', '2', '--rate', '20', '--duration', '4s', '--interval', '500ms', ...watch],
    );
    const { probe } = summary as RunReport;
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['device-3.i2c.txt', 'device-3.mqtt.txt', 'summary.json']);
    expect(readFileSync(join(out, 'device-3.i2c.txt'), 'utf8')).toMatch(/^# .*\ni2c[01] \d+\.\d{3} W /);
    expect(readFileSync(join(out, 'device-3.mqtt.txt'), 'utf8')).toMatch(/^# .*\n *\d+\.\d{3} > CONNECT /);
    expect(stderr).toMatch(/^I \(\d+\) ECC608: MQTT_EVENT_CONNECTED$/m);
    expect(probe?.filters).toMatchObject([{ sent: summary.messages.sent, lost: 0, foreign: 0 }]);
    // A section header and a secret for each connection of either worker.
    const capture = readFileSync(pcap);
    expect(capture.readUInt32LE(0)).toBe(0x0a0d0d0a);
    expect(new Set(capture.toString('latin1').match(/CLIENT_RANDOM [0-9a-f]{64}/g)).size).toBe(4);
  });

  test('share a persistent fleet, each its own part, and leave no claim', async () => {
    const fleet = join(scratch, 'fleet');
    await makeFleet(fleet, 6);
    const args = ['--fleet', fleet, '--workers', '2', '--duration', '2s', '--rate', '20'];
    const { code, summary } = await emuRun(...args);
    expect(code).toBe(0);
    expect(summary).toMatchObject({ devices: { connected: 6 }, workers: { count: 2, ended: [] } });
    expect(readdirSync(join(fleet, 'locks'))).toEqual([]);

    const first = startEmu(['run', '--fleet', fleet, '--segment', '1/2', '--duration', '60s', '--json']);
    await said(first, 'have arrived');
    const claims = readdirSync(join(fleet, 'locks'));
    const { code: refused, stderr } = await emu('run', ...args);
    expect(refused).toBe(104);
    expect(stderr).toMatch(
      /^emu: devices 3 to 5 are in use by emu run \(process \d+\)\n {5}[^\n]+\n {5}EMU_E_FLEET_LOCKED\n$/,
    );
    expect(readdirSync(join(fleet, 'locks'))).toEqual(claims);
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(105);
    expect(readdirSync(join(fleet, 'locks'))).toEqual([]);
  });
});

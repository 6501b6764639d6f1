import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeAzureFleet, record, recordsIn } from '../../support/azure-fleet.ts';
import { summarised } from '../../support/emu.ts';
import { emu, startEmu } from '../../support/emu-in-process.ts';

let directory: string;
/** The firmware with little to wait for: a DPS is asked again soon, and the messages to try a hub follow each other closely. */
let quick: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'emu-azure-'));
  quick = join(directory, 'quick.yaml');
  const waits = 'dps: { loopMs: 10, pollMs: 50 }\ntrial: { gapMs: 50, leaveMs: 50 }';
  writeFileSync(quick, `extends: azure-dps\n${waits}\n`);
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A run until so many messages of telemetry have been sent, and its summary. */
async function runUntil(telemetry: number, ...args: readonly string[]) {
  const running = startEmu(['run', '--json', '--verbose', '--duration', '10m', '--interval', '500ms', ...args]);
  const sent = () => Number([...running.output.stderr.matchAll(/telemetry: .* sent (\d+)/g)].at(-1)?.[1] ?? 0);
  await vi.waitFor(() => expect(sent()).toBeGreaterThanOrEqual(telemetry), { timeout: 120_000, interval: 100 });
  running.signal('SIGINT');
  const ended = summarised(await running.ended);
  expect(ended.code, ended.stderr).toBe(105);
  return ended;
}

test('a fleet registers, is shared among the hubs, and publishes, on two workers', async () => {
  const hubs = ['a.azure-devices.test', 'b.azure-devices.test'];
  const named = hubs.flatMap((hub) => ['--hub', hub]);
  const { summary } = await runUntil(40, '--profile', quick, '--count', '24', '--workers', '2', ...named);
  expect(summary.devices).toMatchObject({ arrived: 24, connected: 24, failed: 0, connected_at_end: 24 });
  const { provisioning } = summary;
  expect(provisioning).toMatchObject({ began: 24, registered: 24, skipped: 0, retries: {} });
  expect(provisioning?.answers[200]).toBe(24);
  const { [hubs[0] ?? '']: first = 0, [hubs[1] ?? '']: second = 0 } = provisioning?.assigned ?? {};
  expect(first + second).toBe(24);
  // By hash of 24 random names, all at one hub is one case in eight million.
  expect(Math.min(first, second)).toBeGreaterThan(0);
  for (const step of Object.values(provisioning?.step_ms ?? {})) expect(step.count).toBe(24);
  // The DPS, the hub to try it, and the hub to publish.
  expect(summary.tls_ms.count).toBe(72);
  expect(summary.disconnections).toEqual([]);
});

describe('a persistent fleet', () => {
  const fleet = () => join(directory, 'fleet');

  test('has its hubs in slot 8 after a run, and goes straight to them in the next one', async () => {
    await makeAzureFleet(fleet(), 6, quick);
    const first = await runUntil(12, '--fleet', fleet(), '--hub', 'a.azure-devices.test');
    expect(first.summary.provisioning).toMatchObject({ began: 6, registered: 6, skipped: 0 });
    const records = await recordsIn(fleet());
    for (const [serial, text] of records) expect(text).toBe(record(serial, 'a.azure-devices.test'));

    // The name of the hub is in the state of the cloud.
    const second = await runUntil(12, '--fleet', fleet());
    expect(second.summary.provisioning).toMatchObject({ began: 0, registered: 0, skipped: 6, answers: {} });
    expect(second.summary.devices).toMatchObject({ connected: 6, failed: 0 });
    expect(second.summary.tls_ms.count).toBe(6);
    expect(await recordsIn(fleet())).toEqual(records);
  });

  test('has one cloud at a time', async () => {
    const running = startEmu(['run', '--fleet', fleet(), '--segment', '0/2', '--duration', '10m']);
    await vi.waitFor(() => expect(running.output.stdout).toContain('embedded cloud: '), { timeout: 60_000 });
    const other = await emu('run', '--fleet', fleet(), '--segment', '1/2', '--duration', '10m');
    expect(other.code).toBe(104);
    expect(other.stderr).toMatch(
      /^emu: the devices of the cloud in .*fleet\/cloud are in use by .*\n {5}Parts of a fleet do not share an embedded/m,
    );
    running.signal('SIGINT');
    expect((await running.ended).code).toBe(105);
  });
});

test('console, trace and capture show a registration', async () => {
  const out = join(directory, 'out');
  const pcap = join(directory, 'run.pcapng');
  const watch = ['--console', '0', '--trace', '0', '--out', out, '--pcap', pcap];
  const { stderr } = await runUntil(2, '--profile', quick, '--count', '1', ...watch);
  expect(stderr).toContain('Registering hub-1.azure-devices.test ...');
  expect(stderr).toContain('device sn provisioning complete.');
  const mqtt = readFileSync(join(out, 'device-0.mqtt.txt'), 'utf8');
  expect(mqtt).toContain('$dps/registrations/PUT/iotdps-register/?$rid=1');
  // 48 bytes of the hub's name and 20 of the serial number, in words and a block (Write, data sheet 11.19).
  expect(readFileSync(join(out, 'device-0.i2c.txt'), 'utf8')).toMatch(/Write p1=02 p2=0045.*Write p1=82 p2=0140/s);
  expect(statSync(pcap).size).toBeGreaterThan(10_000);
  expect(existsSync(join(out, 'summary.json'))).toBe(true);
});

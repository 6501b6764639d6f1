import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startCloud } from '../../src/cloud/index.ts';
import { readFleet } from '../../src/store/index.ts';
import { HUB, makeAzureFleet, record, recordsIn } from '../support/azure-fleet.ts';
import { createCa } from '../support/certificates.ts';
import { summarised } from '../support/emu.ts';
import { emu, startEmu } from '../support/emu-in-process.ts';
import { freePort } from '../support/free-port.ts';
import { childrenOf } from '../support/processes.ts';

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

/** A run until so many messages of telemetry have been sent and so many devices are connected, and its summary. */
async function runUntil(telemetry: number, connected: number, ...args: readonly string[]) {
  const running = startEmu(['run', '--json', '--verbose', '--duration', '10m', '--interval', '500ms', ...args]);
  const last = (pattern: RegExp) => Number([...running.output.stderr.matchAll(pattern)].at(-1)?.[1] ?? 0);
  await vi.waitFor(
    () => {
      expect(last(/ connected +(\d+)/g)).toBe(connected);
      expect(last(/telemetry: .* sent (\d+)/g)).toBeGreaterThanOrEqual(telemetry);
    },
    { timeout: 120_000, interval: 100 },
  );
  running.signal('SIGINT');
  const ended = summarised(await running.ended);
  expect(ended.code, ended.stderr).toBe(105);
  return ended;
}

test('a fleet registers, is shared among the hubs, and publishes, on two workers', async () => {
  const hubs = ['a.azure-devices.test', 'b.azure-devices.test'];
  const named = hubs.flatMap((hub) => ['--hub', hub]);
  const { summary } = await runUntil(40, 24, '--profile', quick, '--count', '24', '--workers', '2', ...named);
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
    const first = await runUntil(12, 6, '--fleet', fleet(), '--hub', 'a.azure-devices.test');
    expect(first.summary.provisioning).toMatchObject({ began: 6, registered: 6, skipped: 0 });
    const records = await recordsIn(fleet());
    for (const [serial, text] of records) expect(text).toBe(record(serial, 'a.azure-devices.test'));

    // The name of the hub is in the state of the cloud.
    const second = await runUntil(12, 6, '--fleet', fleet());
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

test('what --resolve says of a hub goes before where the embedded cloud has it', async () => {
  const nobody = `${HUB}:8883:127.0.0.1:${await freePort()}`;
  const running = startEmu(['run', '--profile', quick, '--count', '1', '--duration', '10m', '--resolve', nobody]);
  const refused = `failure: TCP: connection refused (device 0: connect ECONNREFUSED ${nobody.slice(HUB.length + 6)})`;
  await vi.waitFor(() => expect(running.output.stdout).toContain(refused), { timeout: 60_000 });
  running.signal('SIGINT');
  expect((await running.ended).code).toBe(105);
});

test('a cloud that dies takes the run with it, and what was measured is told', async () => {
  const running = startEmu(['run', '--json', '--profile', quick, '--count', '2', '--duration', '10m']);
  const clouds = () => childrenOf(process, 'cloud/main');
  await vi.waitFor(() => expect(running.output.stderr).toContain('all 2 devices have arrived'), { timeout: 60_000 });
  const [pid = 0, ...others] = clouds();
  expect(others).toEqual([]);
  process.kill(pid, 'SIGKILL');
  const { code, summary, stderr } = summarised(await running.ended);
  expect(code).toBe(1);
  expect(stderr.match(/^emu: .*$/gm)).toEqual(['emu: the embedded cloud died: killed by SIGKILL']);
  expect(summary.devices.arrived).toBe(2);
});

test.each(['azure-dps', 'azure-dps-2026'])('a DPS with a low limit answers 429, and %s survives it', async (name) => {
  const fleet = join(directory, `limited-${name}`);
  const profile = join(directory, `${name}.yaml`);
  const gaps = 'trial: { gapMs: 50, leaveMs: 50 }';
  writeFileSync(profile, `extends: ${name}\n${gaps}\n`);
  await makeAzureFleet(fleet, 12, profile);
  const servers = await createCa({ commonName: 'servers' });
  const names = { dnsNames: [HUB], addresses: ['127.0.0.1'] };
  const { certificate, key } = await servers.issue({ commonName: 'cloud', ...names });
  const ca = join(directory, `${name}.pem`);
  writeFileSync(ca, servers.certificate);
  const cloud = await startCloud({
    ...{ idScope: '0ne00000000', hubs: [HUB], allocation: 'hashed', hosts: [] },
    server: { certificatePem: certificate, keyPem: key },
    enrollmentCas: [{ certificatePem: readFleet(fleet).authority.anchors[0] ?? '', verified: true }],
    limits: { dpsRequestsPerSecond: 4, retryAfterSeconds: 1 },
  });
  const way = ['--broker', `mqtts://127.0.0.1:${cloud.dpsPort}`, '--ca', ca];
  const resolve = ['--resolve', `${HUB}:8883:127.0.0.1:${cloud.hubPort}`];
  const { summary } = await runUntil(12, 12, '--fleet', fleet, ...way, ...resolve);
  await cloud.stop();
  expect(summary.devices).toMatchObject({ arrived: 12, connected: 12, failed: 0 });
  expect(summary.provisioning).toMatchObject({ began: 12, registered: 12, assigned: { [HUB]: 12 } });
  const { answers, retries } = summary.provisioning ?? {};
  expect(answers?.[429]).toBeGreaterThan(0);
  expect(retries?.[429]).toBe(answers?.[429]);
});

test('console, trace and capture show a registration', async () => {
  const out = join(directory, 'out');
  const pcap = join(directory, 'run.pcapng');
  const watch = ['--console', '0', '--trace', '0', '--out', out, '--pcap', pcap];
  const { stderr } = await runUntil(2, 1, '--profile', quick, '--count', '1', ...watch);
  expect(stderr).toContain('Registering hub-1.azure-devices.test ...');
  expect(stderr).toContain('device sn provisioning complete.');
  const mqtt = readFileSync(join(out, 'device-0.mqtt.txt'), 'utf8');
  expect(mqtt).toContain('$dps/registrations/PUT/iotdps-register/?$rid=1');
  // 48 bytes of the hub's name and 20 of the serial number, in words and a block (Write, data sheet 11.19).
  expect(readFileSync(join(out, 'device-0.i2c.txt'), 'utf8')).toMatch(/Write p1=02 p2=0045.*Write p1=82 p2=0140/s);
  expect(statSync(pcap).size).toBeGreaterThan(10_000);
  expect(existsSync(join(out, 'summary.json'))).toBe(true);
});

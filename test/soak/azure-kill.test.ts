import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { type CloudOptions, type RunningCloud, startCloud } from '../../src/cloud/index.ts';
import { copyDevices, readFleet } from '../../src/store/index.ts';
import { devicesAt, makeAzureFleet, record, recordsIn } from '../support/azure-fleet.ts';
import { createCa } from '../support/certificates.ts';
import { summarised } from '../support/emu.ts';
import { type Running, startEmu } from '../support/emu-in-process.ts';
import { repetitions } from '../support/size.ts';

const CHILD = join(import.meta.dirname, '../support/azure-run-child.mjs');
const KILLS = repetitions(2, 50);
/** Of each profile. */
const CLOUD_KILLS = repetitions(1, 25);
const SEED = 'kill moments of registrations';
/** Two runs at a time. */
const LANES = 2;
const DEVICES = 8;
/** From the first handshake with the DPS to the last record in a chip, with the waits of the profile below. */
const PROVISIONING_MS = 1500;
/** So that as much of that time belongs to each step as to any other. */
const QUICK: Readonly<Record<string, string>> = {
  'azure-dps': 'mqtt: { reconnect: { waitMs: 200, stepMs: 100 } }',
  'azure-dps-2026': 'sdk: { backoff: { initialMs: 200, maxMs: 500, jitterPercent: 50 } }',
};
const WAITS = 'dps: { loopMs: 20, pollMs: 200, retryAfter: ignored }\ntrial: { gapMs: 200, leaveMs: 50 }';
const HUBS = ['hub-1.azure-devices.test', 'hub-2.azure-devices.test'];
const PATIENT = { timeout: 120_000, interval: 100 };

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-azure-kill-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** A fleet of factory-fresh devices. */
async function fleetOf(profile: string): Promise<string> {
  const directory = join(scratch, `original-${profile}`);
  const file = join(scratch, `${profile}.yaml`);
  writeFileSync(file, `extends: ${profile}\n${WAITS}\n${QUICK[profile]}\n`);
  if (!existsSync(directory)) await makeAzureFleet(directory, DEVICES, file);
  return directory;
}

const hashOf = (memory: Uint8Array) => createHash('sha256').update(memory).digest('hex');
const RUN = ['--rate', '20', '--duration', '10m'];
const startRun = (...line: readonly string[]) => startEmu(['run', '--json', '--verbose', ...line, ...RUN]);

/** A number of a run's last status. */
function lastOf(name: string, { output }: Running): number {
  return Number([...output.stderr.matchAll(new RegExp(` ${name} +(\\d+)`, 'g'))].at(-1)?.[1] ?? 0);
}

/** A run until every device is at its hub, and its summary. */
async function runToTheEnd(...line: readonly string[]) {
  const running = startRun(...line);
  const everyone = new RegExp(`connected ${DEVICES} .*failed 0`);
  await vi.waitFor(() => expect(running.output.stderr).toMatch(everyone), PATIENT);
  running.signal('SIGINT');
  return summarised(await running.ended).summary;
}

/** What a run said of its chips until it was killed. */
type Line = readonly [event: string, serial: string, hash: string];

/** Kills a run `ms` after the first of its chips was written to: that is the first handshake with the DPS. */
async function killedRun(directory: string, ms: number): Promise<readonly Line[]> {
  const line = ['run', '--quiet', '--fleet', directory, '--hub', HUBS.join(), ...RUN];
  const child = spawn(process.execPath, [CHILD, ...line], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: Line[] = [];
  let armed = false;
  createInterface(child.stderr).on('line', (line) => {
    const [event = '', serial = '', hash = ''] = line.split(' ');
    if (hash.length === 64) lines.push([event, serial, hash]);
    if (!armed) setTimeout(() => child.kill('SIGKILL'), ms);
    armed = true;
  });
  const [code, signal] = await once(child, 'close');
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  return lines;
}

/** Every chip is what its last released reply stood for, or a commit that began after it. Returns how many had been released. */
async function requireKept(directory: string, lines: readonly Line[], initial: ReadonlyMap<string, string>) {
  let released = 0;
  for (const { commonName, memory } of await copyDevices(directory, { from: 0, to: DEVICES })) {
    const own = lines.filter(([, serial]) => serial === commonName);
    const last = own.findLastIndex(([event]) => event === 'released');
    released += own.filter(([event]) => event === 'released').length;
    const allowed = [
      last < 0 ? initial.get(commonName) : own[last]?.[2],
      ...own.slice(last + 1).flatMap(([event, , hash]) => (event === 'begin' ? [hash] : [])),
    ];
    expect(allowed, `chip ${commonName}`).toContain(hashOf(memory));
  }
  return released;
}

/** Who the servers of a cloud are. */
async function serverIdentity(): Promise<{ ca: string; server: CloudOptions['server'] }> {
  const ca = await createCa({ commonName: 'servers' });
  const names = { dnsNames: ['localhost', ...HUBS], addresses: ['127.0.0.1'] };
  const { certificate, key } = await ca.issue({ commonName: 'cloud', ...names });
  return { ca: ca.certificate, server: { certificatePem: certificate, keyPem: key } };
}

/** A cloud on the state in a directory, which it goes on with. */
function cloudOn(stateDirectory: string, options: Pick<CloudOptions, 'server'> & Partial<CloudOptions>) {
  return startCloud({
    ...{ idScope: '0ne00000000', hubs: HUBS, allocation: 'hashed', hosts: [], enrollmentCas: [], api: true },
    ...{ stateDirectory, ...options },
  });
}

async function devicesOf(cloud: RunningCloud) {
  return (await Promise.all(HUBS.map((hub) => devicesAt(cloud, hub)))).flat();
}

/** The devices that the hubs of a cloud know, each as often as it is known. */
async function knownTo(cloud: RunningCloud): Promise<string[]> {
  return (await devicesOf(cloud)).map(({ deviceId }) => deviceId);
}

async function connectedTo(cloud: RunningCloud): Promise<number> {
  return (await devicesOf(cloud)).filter(({ connectionState }) => connectionState === 'connected').length;
}

/** The same of one whose state is here. */
async function knownIn(stateDirectory: string): Promise<string[]> {
  const cloud = await cloudOn(stateDirectory, await serverIdentity());
  const ids = await knownTo(cloud);
  await cloud.stop();
  return ids;
}

/** Runs `kill` for every moment, in lanes. */
async function inLanes(kills: number, kill: (moment: number, rng: Rng) => Promise<void>): Promise<void> {
  const lane = async (first: number) => {
    for (let moment = first; moment < kills; moment += LANES) await kill(moment, rootRng(SEED).fork(moment));
  };
  await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
}

const serials = async (directory: string) => [...(await recordsIn(directory)).keys()].sort();

/** Every chip has the record of a hub. */
async function requireRecords(directory: string, moment: number): Promise<void> {
  for (const [serial, text] of await recordsIn(directory)) {
    expect(
      HUBS.map((hub) => record(serial, hub)),
      `moment ${moment}`,
    ).toContain(text);
  }
}

test(`kill -9 of a run in the midst of registrations, at ${KILLS} moments (seed: ${SEED}): the next run ends what it began`, async () => {
  const original = await fleetOf('azure-dps');
  const chips = await copyDevices(original, { from: 0, to: DEVICES });
  const initial = new Map(chips.map(({ commonName, memory }) => [commonName, hashOf(memory)]));
  const sum = { released: 0, recorded: 0, known: 0 };
  await inLanes(KILLS, async (moment, rng) => {
    const directory = join(scratch, `run-${moment}`);
    cpSync(original, directory, { recursive: true });
    const lines = await killedRun(directory, rng.fraction() * PROVISIONING_MS);
    sum.released += await requireKept(directory, lines, initial);
    sum.known += (await knownIn(join(directory, 'cloud'))).length;
    const before = await recordsIn(directory);
    const complete = [...before].filter(([serial, text]) => HUBS.some((hub) => text === record(serial, hub))).length;
    sum.recorded += complete;

    const { devices, provisioning } = await runToTheEnd('--fleet', directory, '--hub', HUBS.join());
    expect(devices, `moment ${moment}`).toMatchObject({ arrived: DEVICES, connected: DEVICES, failed: 0 });
    const registered = DEVICES - complete;
    expect(provisioning, `moment ${moment}`).toMatchObject({ skipped: complete, began: registered, registered });
    await requireRecords(directory, moment);
    expect((await knownIn(join(directory, 'cloud'))).sort()).toEqual(await serials(directory));
    rmSync(directory, { recursive: true });
  });
  console.log(
    `of ${KILLS * DEVICES} devices ${sum.known} were known to a hub at the kill and ${sum.recorded} had their record; ${sum.released} replies were released`,
  );
  expect(sum.released).toBeGreaterThan(KILLS);
});

// The firmware of the article gives a registration up with its connection, until the next power-up; the current SDK comes back.
test.each(['azure-dps', 'azure-dps-2026'])(
  `kill -9 of the cloud in the midst of registrations of %s, at ${CLOUD_KILLS} moments (seed: ${SEED}): it goes on with its state`,
  async (profile) => {
    const original = await fleetOf(profile);
    const identity = await serverIdentity();
    const ca = join(scratch, `${profile}.pem`);
    writeFileSync(ca, identity.ca);
    const root = readFleet(original).authority.anchors[0] ?? '';
    let down = 0;
    await inLanes(CLOUD_KILLS, async (moment, rng) => {
      const directory = join(scratch, `${profile}-cloud-${moment}`);
      cpSync(original, directory, { recursive: true });
      const state = join(directory, 'cloud');
      const enrollmentCas = [{ certificatePem: root, verified: true }];
      const first = await cloudOn(state, { ...identity, enrollmentCas });
      const resolve = HUBS.flatMap((hub) => ['--resolve', `${hub}:8883:127.0.0.1:${first.hubPort}`]);
      const line = ['--fleet', directory, '--broker', `mqtts://127.0.0.1:${first.dpsPort}`, '--ca', ca, ...resolve];

      const running = startRun(...line);
      await vi.waitFor(() => expect(running.output.stderr).toContain('the first device arrives'), PATIENT);
      await new Promise((resolve) => setTimeout(resolve, rng.fraction() * PROVISIONING_MS));
      process.kill(first.pid ?? 0, 'SIGKILL');
      await first.died;
      const ports = { dps: first.dpsPort, hub: first.hubPort };
      const cloud = await cloudOn(state, { ...identity, enrollmentCas, ports });
      // Whoever has not given up is back.
      await vi.waitFor(async () => {
        // The status is a second old at most, and the cloud knows of those that only try their hub.
        const expected = DEVICES - lastOf('boot failed', running);
        expect([lastOf('connected', running), await connectedTo(cloud)]).toEqual([expected, expected]);
      }, PATIENT);
      running.signal('SIGINT');
      const { devices } = summarised(await running.ended).summary;
      down += devices.boot_failed;
      expect(devices.connected_at_end + devices.boot_failed, `moment ${moment}`).toBe(DEVICES);
      if (profile === 'azure-dps-2026') expect(devices.boot_failed).toBe(0);

      const next = await runToTheEnd(...line);
      expect(next.devices, `moment ${moment}`).toMatchObject({ connected: DEVICES, failed: 0 });
      expect(next.provisioning).toMatchObject({ began: devices.boot_failed, registered: devices.boot_failed });
      await requireRecords(directory, moment);
      expect((await knownTo(cloud)).sort()).toEqual(await serials(directory));
      await cloud.stop();
      rmSync(directory, { recursive: true });
    });
    console.log(`of ${CLOUD_KILLS * DEVICES} devices of ${profile} ${down} gave up when the cloud was killed`);
  },
);

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { rootRng } from '../../emulator/rng/index.ts';
import { startCloud } from '../../src/cloud/index.ts';
import { copyDevices } from '../../src/store/index.ts';
import { devicesAt, makeAzureFleet, record, recordsIn } from '../support/azure-fleet.ts';
import { createCa } from '../support/certificates.ts';
import { summarised } from '../support/emu.ts';
import { startEmu } from '../support/emu-in-process.ts';
import { repetitions } from '../support/size.ts';

const CHILD = join(import.meta.dirname, '../support/azure-run-child.mjs');
const KILLS = repetitions(2, 50);
const SEED = 'kill moments of registrations';
/** Two runs at a time. */
const LANES = 2;
const DEVICES = 8;
/** From the first handshake with the DPS to the last record in a chip, with the waits of the profile below. */
const PROVISIONING_MS = 1500;
/** So that as much of that time belongs to each step as to any other. */
const QUICK = 'extends: azure-dps\ndps: { loopMs: 20, pollMs: 200 }\ntrial: { gapMs: 200, leaveMs: 50 }\n';
const HUBS = ['hub-1.azure-devices.test', 'hub-2.azure-devices.test'];

let scratch: string;
let original: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-azure-kill-'));
  const profile = join(scratch, 'quick.yaml');
  writeFileSync(profile, QUICK);
  original = join(scratch, 'original');
  await makeAzureFleet(original, DEVICES, profile);
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const hashOf = (memory: Uint8Array) => createHash('sha256').update(memory).digest('hex');
const run = (directory: string) => ['--fleet', directory, '--rate', '20', '--duration', '10m', '--hub', HUBS.join()];

/** A run until every device is at its hub, and its summary. */
async function runToTheEnd(directory: string) {
  const running = startEmu(['run', '--json', '--verbose', ...run(directory)]);
  const everyone = new RegExp(`connected ${DEVICES} .*failed 0`);
  await vi.waitFor(() => expect(running.output.stderr).toMatch(everyone), { timeout: 120_000, interval: 100 });
  running.signal('SIGINT');
  return summarised(await running.ended).summary;
}

/** What a run said of its chips until it was killed. */
type Line = readonly [event: string, serial: string, hash: string];

/** Kills a run `ms` after the first of its chips was written to: that is the first handshake with the DPS. */
async function killedRun(directory: string, ms: number): Promise<readonly Line[]> {
  const child = spawn(process.execPath, [CHILD, 'run', '--quiet', ...run(directory)], {
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

/** The devices that the hubs of a cloud know whose state is here, each as often as it is known. */
async function known(stateDirectory: string): Promise<string[]> {
  const ca = await createCa({ commonName: 'servers' });
  const { certificate, key } = await ca.issue({ commonName: 'cloud', dnsNames: ['localhost', ...HUBS] });
  const cloud = await startCloud({
    ...{ idScope: '0ne00000000', hubs: HUBS, allocation: 'hashed', hosts: [], enrollmentCas: [], api: true },
    ...{ server: { certificatePem: certificate, keyPem: key }, stateDirectory },
  });
  const lists = await Promise.all(HUBS.map((hub) => devicesAt(cloud, hub)));
  await cloud.stop();
  return lists.flat().map(({ deviceId }) => deviceId);
}

test(`kill -9 of a run in the midst of registrations, at ${KILLS} moments (seed: ${SEED}): the next run ends what it began`, async () => {
  const chips = await copyDevices(original, { from: 0, to: DEVICES });
  const initial = new Map(chips.map(({ commonName, memory }) => [commonName, hashOf(memory)]));
  const sum = { released: 0, recorded: 0, known: 0 };
  const lane = async (first: number) => {
    for (let moment = first; moment < KILLS; moment += LANES) {
      const directory = join(scratch, `run-${moment}`);
      cpSync(original, directory, { recursive: true });
      const ms = rootRng(SEED).fork(moment).fraction() * PROVISIONING_MS;
      const lines = await killedRun(directory, ms);
      sum.released += await requireKept(directory, lines, initial);
      sum.known += (await known(join(directory, 'cloud'))).length;
      const before = await recordsIn(directory);
      const complete = [...before].filter(([serial, text]) => HUBS.some((hub) => text === record(serial, hub))).length;
      sum.recorded += complete;

      const { devices, provisioning } = await runToTheEnd(directory);
      expect(devices, `moment ${moment}`).toMatchObject({ arrived: DEVICES, connected: DEVICES, failed: 0 });
      const registered = DEVICES - complete;
      expect(provisioning, `moment ${moment}`).toMatchObject({ skipped: complete, began: registered, registered });
      for (const [serial, text] of await recordsIn(directory)) {
        expect(
          HUBS.map((hub) => record(serial, hub)),
          `moment ${moment}`,
        ).toContain(text);
      }
      expect((await known(join(directory, 'cloud'))).sort()).toEqual([...initial.keys()].sort());
      rmSync(directory, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
  console.log(
    `of ${KILLS * DEVICES} devices ${sum.known} were known to a hub at the kill and ${sum.recorded} had their record; ${sum.released} replies were released`,
  );
  expect(sum.released).toBeGreaterThan(KILLS);
});

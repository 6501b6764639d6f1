import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { inspectDevice, listFleet, PersistentFleet } from '../../src/store/index.ts';
import { makeFleet } from '../support/persistent-fleet.ts';
import { repetitions } from '../support/size.ts';

const CHILD = join(import.meta.dirname, '../support/fleet-child.mjs');
const KILLS = repetitions(8, 100);
const SEED = 'kill moments';
/** Two children at a time. */
const LANES = 2;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-kill-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

interface Life {
  /** What the child said, in order; a last line without its end is not there. */
  readonly lines: readonly (readonly [event: string, serial: string, hash: string])[];
  /** Commits of which it had said the beginning and not the end. */
  readonly open: number;
}

/** What a child has to say, and how often, before its time runs. */
interface Cue {
  readonly event: string;
  readonly times: number;
}

/** Starts a child and kills it `ms` after the cue, or after it was started. */
async function killedLife(args: readonly string[], cue: Cue | undefined, ms: number): Promise<Life> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: [string, string, string][] = [];
  let armed = false;
  const arm = () => {
    if (!armed) setTimeout(() => child.kill('SIGKILL'), ms);
    armed = true;
  };
  const count = (event: string) => lines.filter(([name]) => name === event).length;
  if (cue === undefined) arm();
  createInterface(child.stdout).on('line', (line) => {
    const [event = '', serial = '', hash = ''] = line.split(' ');
    if (hash.length === 64) lines.push([event, serial, hash]);
    if (cue !== undefined && count(cue.event) >= cue.times) arm();
  });
  const [code, signal] = await once(child, 'close');
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  return { lines, open: count('begin') - count('end') };
}

/** Runs `kill` for every moment, in lanes. */
async function inLanes(kill: (moment: number, rng: Rng, lane: number) => Promise<void>): Promise<void> {
  const lane = async (first: number) => {
    for (let moment = first; moment < KILLS; moment += LANES) {
      await kill(moment, rootRng(SEED).fork(moment), first);
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
}

const hashOf = (memory: Uint8Array) => createHash('sha256').update(memory).digest('hex');

describe(`kill -9 at ${KILLS} moments (seed: ${SEED})`, () => {
  test('of a run that writes slots: nothing released is lost, nothing is torn', async () => {
    const original = join(scratch, 'run');
    await makeFleet(original, 6);
    const initial = new Map<string, string>();
    const fresh = await PersistentFleet.open(original);
    for (const { commonName, memory } of fresh.devices) initial.set(commonName, hashOf(memory));
    await fresh.close();
    let inside = 0;
    let released = 0;
    let ahead = 0;
    await inLanes(async (moment, rng) => {
      const directory = join(scratch, `run-${moment}`);
      cpSync(original, directory, { recursive: true });
      // On a busy machine a life can be over before the first reply: every other one has some.
      const cue =
        moment % 4 < 2
          ? { event: 'begin', times: 1 }
          : { event: 'released', times: 2 + Math.floor(rng.fraction() * 4) };
      const { lines, open } = await killedLife(['run', directory], cue, rng.fraction() * 60);
      if (open > 0) inside++;
      // The claim that the dead process left does not keep others out.
      const reopened = await PersistentFleet.open(directory);
      for (const { commonName, memory } of reopened.devices) {
        const own = lines.filter(([, serial]) => serial === commonName);
        const last = own.findLastIndex(([event]) => event === 'released');
        released += own.filter(([event]) => event === 'released').length;
        // What the last released reply stood for, or a commit that began after it.
        const allowed = [
          last < 0 ? initial.get(commonName) : own[last]?.[2],
          ...own.slice(last + 1).flatMap(([event, , hash]) => (event === 'begin' ? [hash] : [])),
        ];
        expect(allowed, `moment ${moment}, chip ${commonName}`).toContain(hashOf(memory));
        if (hashOf(memory) !== allowed[0]) ahead++;
      }
      await reopened.close();
      rmSync(directory, { recursive: true });
    });
    console.log(
      `run: ${inside} of ${KILLS} kills inside a commit, ${released} replies released, ${ahead} chips ahead of them`,
    );
    expect(inside).toBeGreaterThan(KILLS / 4);
    expect(released).toBeGreaterThan(KILLS / 2);
  });

  test('of emu fleet create: what was committed stays, and the making goes on', async () => {
    const kept = Array.from({ length: LANES }, () => new Map<string, string>());
    let inside = 0;
    await inLanes(async (moment, rng, lane) => {
      const directory = join(scratch, `create-${lane}`);
      // Every other kill waits for a commit, which is a small part of the time; the others come at any moment of a life.
      const atCommit = moment % 4 >= 2;
      // Early in it, since it may be over in a few milliseconds.
      const ms = atCommit ? rng.fraction() ** 3 * 12 : rng.fraction() * 900;
      const { lines, open } = await killedLife(
        ['create', directory, '5000'],
        atCommit ? { event: 'begin', times: 1 } : undefined,
        ms,
      );
      if (open > 0) inside++;
      const committed = kept[lane] as Map<string, string>;
      for (const [event, serial, hash] of lines) if (event === 'end') committed.set(serial, hash);
    });
    console.log(`create: ${inside} of ${KILLS} kills inside a commit`);
    expect(inside).toBeGreaterThan(KILLS / 10);

    for (const [lane, committed] of kept.entries()) {
      const { devices } = await listFleet(join(scratch, `create-${lane}`));
      const listed = new Set(devices.map(({ serialNumber }) => serialNumber));
      console.log(`create: ${committed.size} devices said to be kept, ${devices.length} are there`);
      expect([...committed.keys()].filter((serial) => !listed.has(serial))).toEqual([]);
      for (const { serialNumber } of devices) {
        // Rebuilding both certificates takes every slot that provisioning writes: the device is complete.
        const view = await inspectDevice(join(scratch, `create-${lane}`), serialNumber);
        expect(view?.chain).toHaveLength(3);
        const hash = committed.get(serialNumber);
        if (hash !== undefined) expect(hashOf(view?.memory ?? new Uint8Array(0))).toBe(hash);
      }
    }
  });
});

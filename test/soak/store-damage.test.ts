import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rootRng } from '../../emulator/rng/index.ts';
import { beginRun } from '../../src/store/index.ts';
import { PAGE } from '../support/lmdb-pages.ts';
import { makeFleet } from '../support/persistent-fleet.ts';
import { repetitions } from '../support/size.ts';
import { DAMAGES } from '../support/store-damage.ts';

const READER = join(import.meta.dirname, '../support/store-reader.mjs');
const SEED = 'damaged pages';
/** Of every kind of damage. */
const TRIALS = repetitions(6, 300);

let scratch: string;
let original: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-damage-'));
  original = join(scratch, 'original');
  await makeFleet(original, 12);
  for (let run = 0; run < 3; run++) await beginRun(original);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What a process of its own makes of fleets, in order. */
function readerOf(directories: readonly string[]): readonly Record<string, string>[] {
  const { status, signal, stdout } = spawnSync(process.execPath, [READER, ...directories], { encoding: 'utf8' });
  expect({ status, signal }, `after ${stdout.split('\n').length - 1} of ${directories.length}`).toEqual({
    status: 0,
    signal: null,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test.each(Object.entries(DAMAGES))(`%s is found, or changes nothing (seed: ${SEED})`, (kind, damage) => {
  const whole = readFileSync(join(original, 'chips.mdb'));
  const intact = join(scratch, 'intact');
  cpSync(original, intact, { recursive: true });
  const directories = Array.from({ length: TRIALS }, (_, trial) => {
    const rng = rootRng(SEED).fork(kind, trial);
    const store = Buffer.from(whole);
    const page = Math.floor(rng.fraction() * (store.length / PAGE));
    damage(store, PAGE * page, rng);
    const directory = join(scratch, `trial-${trial}-page-${page}`);
    cpSync(original, directory, { recursive: true });
    writeFileSync(join(directory, 'chips.mdb'), store);
    return directory;
  });
  const [right = {}, ...made] = readerOf([intact, ...directories]);
  for (const [trial, results] of made.entries()) {
    for (const [way, result] of Object.entries(results)) {
      expect([right[way], 'EMU_E_FLEET_DAMAGED'], `${directories[trial]}: ${way}`).toContain(result);
    }
  }
  for (const directory of [intact, ...directories]) rmSync(directory, { recursive: true });
});

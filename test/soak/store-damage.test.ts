import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rootRng } from '../../emulator/rng/index.ts';
import { beginRun, PersistentCloud } from '../../src/store/index.ts';
import { PAGE } from '../support/lmdb-pages.ts';
import { makeFleet } from '../support/persistent-fleet.ts';
import { repetitions } from '../support/size.ts';
import { DAMAGES } from '../support/store-damage.ts';

const READER = join(import.meta.dirname, '../support/store-reader.mjs');
const SEED = 'damaged pages';
/** Of every kind of damage. */
const TRIALS = repetitions(6, 300);

let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-damage-'));
  await makeFleet(join(scratch, 'chips'), 12);
  for (let run = 0; run < 3; run++) await beginRun(join(scratch, 'chips'));
  await makeCloud(join(scratch, 'cloud'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Records of all sizes, some of them gone again: pages of branches, of big data and free ones. */
async function makeCloud(directory: string): Promise<void> {
  const cloud = await PersistentCloud.open(directory);
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 120; index++)
      cloud.put(`record ${index}`, `${round} `.repeat(1 + ((index * 37) % 3000)));
    for (let index = round; index < 120; index += 5) cloud.remove(`record ${index}`);
    await cloud.lasting();
  }
  await cloud.close();
}

/** What a process of its own makes of directories, in order. */
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

const CASES = ['chips', 'cloud'].flatMap((store) => Object.keys(DAMAGES).map((kind) => [store, kind] as const));

test.each(CASES)(`in the store of %s %s is found, or changes nothing (seed: ${SEED})`, (name, kind) => {
  const original = join(scratch, name);
  const damage = DAMAGES[kind] as (typeof DAMAGES)[string];
  const whole = readFileSync(join(original, `${name}.mdb`));
  const intact = join(scratch, 'intact');
  cpSync(original, intact, { recursive: true });
  const directories = Array.from({ length: TRIALS }, (_, trial) => {
    const rng = rootRng(SEED).fork(kind, trial);
    const store = Buffer.from(whole);
    const page = Math.floor(rng.fraction() * (store.length / PAGE));
    damage(store, PAGE * page, rng);
    const directory = join(scratch, `trial-${trial}-page-${page}`);
    cpSync(original, directory, { recursive: true });
    writeFileSync(join(directory, `${name}.mdb`), store);
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

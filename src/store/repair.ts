import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EmuError } from '../../emulator/errors.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { identities } from '../factory/index.ts';
import { ChipStore } from './chip-store.ts';
import { type CompletionOptions, completeFleet } from './complete.ts';
import { writeFailed } from './failures.ts';
import { fleetPaths, flushDirectory } from './files.ts';
import { type FleetFile, readFleet, wholeOf } from './fleet-file.ts';
import { type FleetKeys, readKeys } from './keys-file.ts';
import { lockFileOf } from './lock-file.ts';
import { newStore } from './new-store.ts';
import { lockRange } from './range-lock.ts';
import { type Salvaged, salvage } from './salvage.ts';

export interface RepairedFleet {
  readonly fleet: FleetFile;
  /** The devices that were lost, by number. */
  readonly lost: readonly number[];
  /** Where the damaged store is now; undefined where nothing was damaged, or there was no store. */
  readonly damaged: string | undefined;
  /** Those of them that are there again: all, unless it was interrupted. */
  readonly remade: readonly number[];
}

/**
 * Puts a store of the intact devices in place of a damaged one, and makes the others again, from the same randomness: with the
 * keys and serial numbers that they were created with, and as they were then.
 * @throws EmuError EMU_E_FLEET_…, EMU_E_STORE_WRITE
 */
export async function repairFleet(directory: string, options: CompletionOptions): Promise<RepairedFleet> {
  const fleet = readFleet(directory);
  const keys = readKeys(directory, fleet);
  const { chips } = fleetPaths(directory);
  const whole = wholeOf(fleet);
  const lock = lockRange(directory, whole, 'emu fleet repair');
  try {
    const isDamaged = !(await isIntact(chips, fleet));
    const damaged = isDamaged && existsSync(chips) ? `${chips}.damaged` : undefined;
    if (isDamaged) {
      if (damaged !== undefined) copyAside(chips, damaged);
      await replaceStore(directory, fleet, own(damaged === undefined ? NOTHING : salvage(damaged), keys));
    }
    const store = ChipStore.open(chips, fleet.id, 'write');
    try {
      const isThere = () => {
        const there = new Set(store.numbers());
        return (index: number) => there.has(index);
      };
      const intact = isThere();
      const lost = Array.from({ length: whole.to }, (_, index) => index).filter((index) => !intact(index));
      await completeFleet(store, fleet, keys, options);
      return { fleet, lost, remade: lost.filter(isThere()), damaged };
    } finally {
      await store.close();
    }
  } finally {
    lock.release();
  }
}

const NOTHING: Salvaged = { devices: [], runs: 0 };

async function isIntact(chips: string, { id }: FleetFile): Promise<boolean> {
  let store: ChipStore | undefined;
  try {
    store = ChipStore.open(chips, id, 'read');
    store.requireIntact();
    return true;
  } catch (error) {
    if (error instanceof EmuError && error.code === 'EMU_E_FLEET_DAMAGED') return false;
    throw error;
  } finally {
    await store?.close();
  }
}

/** Without what another fleet's store might have. */
function own({ devices, runs }: Salvaged, { randomness }: FleetKeys): Salvaged {
  const identityOf = identities(rootRng(randomness));
  return { devices: devices.filter(({ index, commonName }) => identityOf(index).commonName === commonName), runs };
}

function copyAside(chips: string, aside: string): void {
  try {
    rmSync(aside, { force: true });
    copyFileSync(chips, aside);
  } catch (cause) {
    rmSync(aside, { force: true });
    throw writeFailed(aside, cause);
  }
}

/** The new store takes its name when it is whole. */
async function replaceStore(directory: string, { id }: FleetFile, { devices, runs }: Salvaged): Promise<void> {
  const { chips } = fleetPaths(directory);
  const beside = join(directory, 'repair');
  try {
    rmSync(beside, { recursive: true, force: true });
    mkdirSync(beside, { mode: 0o700 });
    await newStore(beside, { fleet: id, runs }, devices);
    rmSync(lockFileOf(chips), { force: true });
    renameSync(fleetPaths(beside).chips, chips);
    flushDirectory(directory);
  } catch (cause) {
    throw cause instanceof EmuError ? cause : writeFailed(chips, cause);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

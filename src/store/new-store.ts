import { rmSync } from 'node:fs';
import type { ProvisionedDevice } from '../factory/index.ts';
import { ChipStore } from './chip-store.ts';
import { fleetPaths } from './files.ts';
import { lockFileOf } from './lock-file.ts';
import type { Facts } from './record.ts';

/** Devices of one commit. */
const BATCH = 256;

/**
 * Makes a store in `directory`, in place of one that a beginning left behind. It counts only when the YAML file that names its
 * fleet is written after it. @throws EmuError EMU_E_STORE_WRITE
 */
export async function newStore(directory: string, facts: Facts, devices: readonly ProvisionedDevice[]): Promise<void> {
  removeStore(directory);
  const store = ChipStore.create(fleetPaths(directory).chips, facts);
  try {
    for (let from = 0; from < devices.length; from += BATCH) store.add(devices.slice(from, from + BATCH));
  } finally {
    await store.close();
  }
}

/** Removes the store in `directory`, which nobody may have open. */
export function removeStore(directory: string): void {
  const { chips } = fleetPaths(directory);
  for (const file of [chips, lockFileOf(chips)]) rmSync(file, { force: true });
}

import { rmSync } from 'node:fs';
import type { ProvisionedDevice } from '../factory/index.ts';
import { ChipStore } from './chip-store.ts';
import { fleetPaths } from './files.ts';

/** Devices of one commit. */
const BATCH = 256;

/**
 * Makes the store of `id` in `directory`, in place of one that a beginning left behind. It counts only when the YAML file that
 * names `id` is written after it. @throws EmuError EMU_E_STORE_WRITE
 */
export async function newStore(directory: string, id: string, devices: readonly ProvisionedDevice[]): Promise<void> {
  const { chips } = fleetPaths(directory);
  for (const file of [chips, `${chips}-lock`]) rmSync(file, { force: true });
  const store = await ChipStore.create(chips, id);
  try {
    for (let from = 0; from < devices.length; from += BATCH) store.add(devices.slice(from, from + BATCH));
  } finally {
    await store.close();
  }
}

import { findCloud, PersistentCloud } from '../store/index.ts';

/** The key of a device that a hub knows, and the hub in it. */
const DEVICE = /^device\/(\S+) /;

/**
 * The hubs that have devices in the state that is kept in `directory`, in lower case: devices have them in their records, and
 * ask for no other. @throws EmuError EMU_E_CLOUD_STATE, EMU_E_FLEET_…
 */
export async function keptHubs(directory: string): Promise<readonly string[]> {
  if (findCloud(directory) === undefined) return [];
  const state = await PersistentCloud.open(directory);
  const hubs = [...state.entries.keys()].flatMap((key) => DEVICE.exec(key)?.[1] ?? []);
  await state.close();
  return [...new Set(hubs)];
}

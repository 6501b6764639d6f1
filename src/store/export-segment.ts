import { rmSync } from 'node:fs';
import { makeOutDirectory } from '../base/index.ts';
import { fleetPaths } from './files.ts';
import { type FleetFile, wholeOf, writeFleetFile } from './fleet-file.ts';
import { devicesIn, requireComplete, withFleet } from './fleet-store.ts';
import { newStore, removeStore } from './new-store.ts';
import { rangeOf, type Segment } from './range.ts';
import { lockRange } from './range-lock.ts';

/**
 * Copies a segment into a fleet of its own for another machine: `to`, empty or not there yet. The keys of the CAs
 * stay behind: running devices takes none. fleet.yaml is written last, so that half a copy is no fleet; on failure all
 * that was made is removed.
 * @throws EmuError EMU_E_USAGE_OUT, EMU_E_FLEET_…, EMU_E_STORE_WRITE
 */
export function exportSegment(directory: string, segment: Segment, to: string): Promise<FleetFile> {
  return withFleet(directory, 'write', async (file, store) => {
    requireComplete(directory, file, store);
    const range = rangeOf(wholeOf(file), segment);
    const lock = lockRange(directory, range, 'emu fleet export');
    try {
      const shard: FleetFile = { ...file, devices: { first: range.from, count: range.to - range.from } };
      const devices = devicesIn(directory, store, range);
      await inNewDirectory(to, async () => {
        await newStore(to, { fleet: file.id, runs: 0 }, devices);
        writeFleetFile(to, shard);
      });
      return shard;
    } finally {
      lock.release();
    }
  });
}

async function inNewDirectory(directory: string, fill: () => Promise<void>): Promise<void> {
  const remove = makeOutDirectory(directory);
  try {
    await fill();
  } catch (error) {
    removeStore(directory);
    rmSync(fleetPaths(directory).fleet, { force: true });
    remove();
    throw error;
  }
}

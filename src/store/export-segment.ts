import { mkdirSync, readdirSync } from 'node:fs';
import { EmuError } from '../../emulator/errors.ts';
import { fileTrouble } from '../base/index.ts';
import { type FleetFile, writeFleetFile } from './fleet-file.ts';
import { devicesIn, requireComplete, withFleet } from './fleet-store.ts';
import { newStore } from './new-store.ts';
import { wholeOf } from './persistent-fleet.ts';
import { rangeOf, type Segment } from './range.ts';
import { lockRange } from './range-lock.ts';

/**
 * Copies a segment into a fleet of its own for another machine: `to`, empty or not there yet. The keys of the CAs
 * stay behind: running devices takes none. fleet.yaml is written last, so that half a copy is no fleet.
 * @throws EmuError EMU_E_USAGE_FLEET, EMU_E_FLEET_…, EMU_E_STORE_WRITE
 */
export function exportSegment(directory: string, segment: Segment, to: string): Promise<FleetFile> {
  return withFleet(directory, 'write', async (file, store) => {
    requireComplete(directory, file, store);
    const range = rangeOf(wholeOf(file), segment);
    makeEmpty(to);
    const lock = lockRange(directory, range, 'emu fleet export');
    try {
      const shard: FleetFile = { ...file, devices: { first: range.from, count: range.to - range.from } };
      await newStore(to, file.id, devicesIn(directory, store, range));
      writeFleetFile(to, shard);
      return shard;
    } finally {
      lock.release();
    }
  });
}

function makeEmpty(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    if (readdirSync(directory).length === 0) return;
  } catch (cause) {
    throw new EmuError('EMU_E_USAGE_FLEET', `cannot write into ${directory}: ${fileTrouble(cause)}`, {
      value: directory,
      cause,
    });
  }
  throw new EmuError('EMU_E_USAGE_FLEET', `${directory} is not empty`, {
    value: directory,
    hint: 'Name a directory that is empty, or one that does not exist yet.',
  });
}

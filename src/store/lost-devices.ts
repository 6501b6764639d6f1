import { existsSync } from 'node:fs';
import { EmuError } from '../../emulator/errors.ts';
import { fleetPaths } from './files.ts';
import { type FleetFile, wholeOf } from './fleet-file.ts';
import { salvage } from './salvage.ts';

/** Numbers in an error; `emu fleet repair` says all. */
const NAMED = 8;

/** What `work` makes of the fleet in `directory`. Where its store is damaged, the error says which devices are lost, and the way on. */
export async function namingLostDevices<T>(directory: string, file: FleetFile, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { chips, keys } = fleetPaths(directory);
    if (!(error instanceof EmuError) || error.code !== 'EMU_E_FLEET_DAMAGED' || error.value !== chips) throw error;
    throw new EmuError(error.code, `${error.message}; ${sayLost(lostDevices(chips, file), file)}`, {
      value: chips,
      hint: existsSync(keys)
        ? `Restore the whole directory from a copy; or make the lost devices again: emu fleet repair ${directory}`
        : 'Restore the whole directory from a copy, or export this part of the fleet again.',
      cause: error,
    });
  }
}

/** The numbers of the devices of a fleet that are not intact in its store, or not there. */
function lostDevices(chips: string, file: FleetFile): number[] {
  const intact = new Set(existsSync(chips) ? salvage(chips).devices.map(({ index }) => index) : []);
  const { from, to } = wholeOf(file);
  return Array.from({ length: to - from }, (_, offset) => from + offset).filter((index) => !intact.has(index));
}

function sayLost(lost: readonly number[], { devices: { count } }: FleetFile): string {
  if (lost.length === 0) return 'no device is lost';
  if (lost.length === count) return `all ${count} devices are lost`;
  if (lost.length === 1) return `device ${lost[0]} is lost`;
  const [more, first] = [lost.length - NAMED, lost.slice(0, NAMED)];
  const named =
    more > 0 ? `${first.join(', ')} and ${more} more` : `${first.slice(0, -1).join(', ')} and ${first.at(-1)}`;
  return `${lost.length} of ${count} devices are lost: ${named}`;
}

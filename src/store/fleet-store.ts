import { EmuError } from '../../emulator/errors.ts';
import { formatDevices } from '../base/index.ts';
import type { ProvisionedDevice } from '../factory/index.ts';
import { ChipStore } from './chip-store.ts';
import { damaged } from './failures.ts';
import { fleetPaths } from './files.ts';
import { type FleetFile, readFleet } from './fleet-file.ts';
import { namingLostDevices } from './lost-devices.ts';
import type { DeviceRange } from './range.ts';

/** What `use` makes of the fleet in `directory`, whose store is open meanwhile. @throws EmuError EMU_E_FLEET_… */
export async function withFleet<T>(
  directory: string,
  access: 'read' | 'write',
  use: (file: FleetFile, store: ChipStore) => T | Promise<T>,
): Promise<T> {
  const file = readFleet(directory);
  return namingLostDevices(directory, file, async () => {
    const store = ChipStore.open(fleetPaths(directory).chips, file.id, access);
    try {
      return await use(file, store);
    } finally {
      await store.close();
    }
  });
}

/** @throws EmuError EMU_E_FLEET_INCOMPLETE */
export function requireComplete(directory: string, { devices: { count } }: FleetFile, store: ChipStore): void {
  const made = store.numbers().length;
  if (made === count) return;
  throw new EmuError('EMU_E_FLEET_INCOMPLETE', `the fleet in ${directory} has ${made} of its ${formatDevices(count)}`, {
    value: made,
    hint: 'To continue, run the command that began it again.',
  });
}

/** @throws EmuError EMU_E_FLEET_DAMAGED */
export function devicesIn(directory: string, store: ChipStore, { from, to }: DeviceRange): ProvisionedDevice[] {
  return Array.from({ length: to - from }, (_, offset) => {
    const device = store.device(from + offset);
    if (device === undefined) throw damaged(fleetPaths(directory).chips, `device ${from + offset} is missing`);
    return device;
  });
}

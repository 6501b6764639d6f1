import { ChipStore } from './chip-store.ts';
import { fleetPaths } from './files.ts';
import { readFleet } from './fleet-file.ts';
import { requireComplete } from './fleet-store.ts';
import { rebuiltChain } from './inspect.ts';

/**
 * The certificates of a fleet's devices, in the order of their numbers, as the firmware rebuilds them from the chips.
 * @throws EmuError EMU_E_FLEET_…, EMU_E_CERTIFICATE_REBUILD
 */
export async function* deviceCertificates(
  directory: string,
): AsyncGenerator<{ serialNumber: string; der: Uint8Array }> {
  const file = readFleet(directory);
  const store = ChipStore.open(fleetPaths(directory).chips, file.id, 'read');
  try {
    requireComplete(directory, file, store);
    for (const index of store.numbers()) {
      const made = store.device(index);
      if (made === undefined) continue;
      const [der] = rebuiltChain(file, made);
      if (der !== undefined) yield { serialNumber: made.commonName, der };
    }
  } finally {
    await store.close();
  }
}

import { wholeOf } from './fleet-file.ts';
import { devicesIn, requireComplete, withFleet } from './fleet-store.ts';
import { rebuiltChain } from './inspect.ts';

/**
 * The certificates of a fleet's devices, in the order of their numbers, as the firmware rebuilds them from the chips.
 * @throws EmuError EMU_E_FLEET_…, EMU_E_CERTIFICATE_REBUILD
 */
export function deviceCertificates(
  directory: string,
): Promise<readonly { readonly serialNumber: string; readonly der: Uint8Array }[]> {
  return withFleet(directory, 'read', (file, store) => {
    requireComplete(directory, file, store);
    return devicesIn(directory, store, wholeOf(file)).map((device) => {
      const [der] = rebuiltChain(file, device);
      return { serialNumber: device.commonName, der };
    });
  });
}

import { caDocument, type ProvisionedDevice } from '../factory/index.ts';
import type { ChipStore } from './chip-store.ts';
import { type FleetFile, wholeOf } from './fleet-file.ts';
import type { FleetKeys } from './keys-file.ts';
import { provisionOnAllCores } from './provisioning.ts';

export interface CompletionOptions {
  readonly signal: AbortSignal;
  /** Called with the number of devices that are there, and of all. */
  readonly onProgress?: ((made: number, of: number) => void) | undefined;
  /** Processes that provision devices; by default as many as there are cores. */
  readonly workers?: number | undefined;
}

/**
 * Provisions the devices that a store lacks; resolves to how many it has then. A device is committed once, when it is complete,
 * so that an end at any moment loses at most those under way.
 * @throws EmuError EMU_E_STORE_WRITE
 */
export async function completeFleet(
  store: ChipStore,
  file: FleetFile,
  { ca, randomness }: FleetKeys,
  { signal, onProgress, workers }: CompletionOptions,
): Promise<number> {
  const there = new Set(store.numbers());
  let made = there.size;
  const keep = (devices: readonly ProvisionedDevice[]) => {
    store.add(devices);
    made += devices.length;
    onProgress?.(made, file.devices.count);
  };
  const { from, to } = wholeOf(file);
  const { profile } = file;
  const numbers = Array.from({ length: to - from }, (_, index) => from + index).filter((index) => !there.has(index));
  const { rootKey, ...signing } = caDocument(ca);
  const order = { ca: signing, randomness, profile: { chip: profile.chip, certificates: profile.certificates } };
  await provisionOnAllCores({ order, numbers, keep, signal, workers });
  return made;
}

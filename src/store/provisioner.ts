import { parentPort, workerData } from 'node:worker_threads';
import type { Profile } from '../../emulator/firmware/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { type Ca, DeviceFactory, type ProvisionedDevice } from '../factory/index.ts';

/** What a worker makes devices from. Its keys are handles that threads share. */
export interface ProvisioningOrder {
  readonly authority: Ca;
  readonly chance: string | Uint8Array;
  readonly profile: Pick<Profile, 'chip' | 'certificates'>;
}

const { authority, chance, profile } = workerData as ProvisioningOrder;
const factory = new DeviceFactory({ rng: rootRng(chance), authority, profile });

parentPort?.on('message', (numbers: readonly number[]) => {
  const devices: ProvisionedDevice[] = numbers.map((index) => factory.provisionDevice(index));
  parentPort?.postMessage(devices);
});

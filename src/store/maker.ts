import { parentPort, workerData } from 'node:worker_threads';
import type { Profile } from '../../emulator/firmware/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { type Authority, DeviceFactory, type MadeDevice } from '../factory/index.ts';

/** What a worker makes devices from. Its keys are handles that threads share. */
export interface MakerOrder {
  readonly authority: Authority;
  readonly chance: string | Uint8Array;
  readonly profile: Pick<Profile, 'chip' | 'certificates'>;
}

const { authority, chance, profile } = workerData as MakerOrder;
const factory = new DeviceFactory({ rng: rootRng(chance), authority, profile });

parentPort?.on('message', async (numbers: readonly number[]) => {
  const devices: MadeDevice[] = [];
  for (const index of numbers) devices.push(await factory.makeDevice(index));
  parentPort?.postMessage(devices);
});

import { randomBytes } from 'node:crypto';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import type { ChipStore } from './chip-store.ts';

/**
 * What `rootRng` takes for all that chips and firmware draw in the run that begins, and in no other: a chip that began its
 * branch again would repeat its random numbers. From the operating system; where there is a seed, from that and the number of the run.
 * @throws EmuError EMU_E_STORE_WRITE
 */
export function randomnessOfRun(store: ChipStore, seed: string | undefined): Uint8Array {
  const run = store.beginRun();
  return seed === undefined ? Uint8Array.from(randomBytes(32)) : rootRng(seed).fork('run', run).bytes(32);
}

/** The root of what is soldered on and stays, the sensors: `sensors` of fleet.yaml or board.yaml. */
export function rootOfParts({ sensors }: { readonly sensors: string }): Rng {
  return rootRng(Uint8Array.from(Buffer.from(sensors, 'hex')));
}

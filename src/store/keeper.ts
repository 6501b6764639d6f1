import { randomBytes } from 'node:crypto';
import { rootRng } from '../../emulator/rng/index.ts';
import type { ChipStore } from './chip-store.ts';

/** Keeps the memories of one run's chips, and remembers that it could not: nothing may be answered from then on. */
export class Keeper {
  /** Rejects when a chip's memory cannot be kept. */
  readonly failed: Promise<never>;
  readonly #store: ChipStore;
  #fail: (error: unknown) => void = () => {};

  constructor(store: ChipStore) {
    this.#store = store;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  /** Takes a copy of the memory now; resolves when it lasts. @throws EmuError EMU_E_STORE_WRITE */
  async keep(serialNumber: Uint8Array, memory: Uint8Array): Promise<void> {
    try {
      await this.#store.commit(serialNumber, memory);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }
}

/**
 * What `rootRng` takes for all that chips and firmware draw in the run that begins, and in no other: a chip that began its
 * branch again would repeat its random numbers. From the operating system; where there is a seed, from that and the number of the run.
 */
export function randomnessOfRun(store: ChipStore, seed: string | undefined): Uint8Array {
  const run = store.beginRun();
  return seed === undefined ? Uint8Array.from(randomBytes(32)) : rootRng(seed).fork('run', run).bytes(32);
}

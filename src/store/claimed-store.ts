import type { ChipStore } from './chip-store.ts';
import type { RangeLock } from './range-lock.ts';

/** A store and the claim on some of its chips: stores their memories, and remembers that it could not. */
export class ClaimedStore {
  /** Rejects when a chip's memory cannot be stored: nothing may be answered from then on. */
  readonly failed: Promise<never>;
  readonly #store: ChipStore;
  readonly #lock: RangeLock;
  #fail: (error: unknown) => void = () => {};

  constructor(store: ChipStore, lock: RangeLock) {
    this.#store = store;
    this.#lock = lock;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  /** Takes a copy of the memory now; resolves when it lasts. @throws EmuError EMU_E_STORE_WRITE */
  async commit(serialNumber: Uint8Array, memory: Uint8Array): Promise<void> {
    try {
      await this.#store.commit(serialNumber, memory);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  /** Resolves when what is under way is written and the claim is given up. */
  async close(): Promise<void> {
    try {
      await this.#store.close();
    } finally {
      this.#lock.release();
    }
  }
}

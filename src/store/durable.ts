import type { WrittenChip } from '../../emulator/device/index.ts';
import type { I2cController } from '../../emulator/i2c/index.ts';

/** Copies the memory when it is called, and resolves when it lasts; commits end in their order. */
export type Commit = (memory: Uint8Array) => Promise<void>;

/** The memory of one chip, and how much of it lasts: no reply may leave a chip that the end of the process could set back. */
export class DurableMemory {
  readonly #chip: WrittenChip;
  readonly #commit: Commit;
  /** `nonVolatileWrites` of the chip as of the last commit. */
  #writes: number;
  #committing: Promise<void> | undefined;

  /** @param isCommitted whether the memory lasts as it is now */
  constructor(chip: WrittenChip, commit: Commit, isCommitted: boolean) {
    this.#chip = chip;
    this.#commit = commit;
    this.#writes = isCommitted ? chip.nonVolatileWrites : -1;
  }

  /**
   * Resolves when all that the chip has written lasts; undefined when it does already. One commit serves all that was
   * written since the last. Rejects when that commit fails.
   */
  settle(): Promise<void> | undefined {
    const { nonVolatileWrites, memory } = this.#chip;
    if (nonVolatileWrites !== this.#writes) {
      this.#writes = nonVolatileWrites;
      const committing = this.#commit(memory).then(() => {
        if (this.#committing === committing) this.#committing = undefined;
      });
      this.#committing = committing;
    }
    return this.#committing;
  }
}

/** A controller that settles when the memory of a chip on its bus lasts, too. The chip's time does not move meanwhile. */
export function durableController(inner: I2cController, memory: DurableMemory): I2cController {
  return {
    ...inner,
    settle() {
      const [lasting, passed] = [memory.settle(), inner.settle()];
      if (lasting === undefined || passed === undefined) return lasting ?? passed;
      return Promise.all([lasting, passed]).then(() => {});
    },
  };
}

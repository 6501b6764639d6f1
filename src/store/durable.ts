import type { I2cController } from '../../emulator/i2c/index.ts';
import type { HeldClock } from './held-clock.ts';

/** The chip as the host of its memory sees it. */
export interface PersistentChip {
  readonly memory: Uint8Array;
  /** Rises with each write to `memory`. */
  readonly nonVolatileWrites: number;
}

export interface DurableOptions {
  /** 7 bits. */
  readonly address: number;
  readonly chip: PersistentChip;
  /** The chip's own clock, held while the host waits for a commit. */
  readonly clock: HeldClock;
  /** Copies the memory when it is called, and resolves when it lasts; commits end in their order. */
  readonly commit: (memory: Uint8Array) => Promise<void>;
}

/**
 * A controller whose reads from a chip wait until the memory that its last command left is committed: no reply leaves a
 * chip that the end of the process could set back. A command that wrote nothing costs no wait, and one commit serves all
 * that a command wrote.
 */
export function durableController(inner: I2cController, options: DurableOptions): I2cController {
  const { address, chip, clock, commit } = options;
  let writes = chip.nonVolatileWrites;
  let committed: Promise<void> | undefined;
  return {
    pace: inner.pace,
    clock: inner.clock,
    bitMs: inner.bitMs,
    delay: (ms) => inner.delay(ms),
    settle: () => inner.settle(),
    readyAt(target) {
      const ready = inner.readyAt(target);
      return ready === undefined || target !== address ? ready : ready + clock.held;
    },
    async write(target, bytes, stop) {
      const result = await inner.write(target, bytes, stop);
      if (chip.nonVolatileWrites !== writes) {
        writes = chip.nonVolatileWrites;
        committed = commit(chip.memory);
        // Whoever reads next is told of a failure; until then it is nobody's.
        committed.catch(() => {});
      }
      return result;
    },
    async read(target, length, stop) {
      const awaited = target === address ? committed : undefined;
      if (awaited !== undefined) {
        const since = inner.clock.now();
        await awaited;
        clock.hold(inner.clock.now() - since);
        if (committed === awaited) committed = undefined;
      }
      return inner.read(target, length, stop);
    },
  };
}

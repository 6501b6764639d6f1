import { randomBytes, randomUUID } from 'node:crypto';
import { EmuError } from '../../emulator/errors.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import type { ProvisionedDevice } from '../factory/index.ts';
import { BOARD_FORMAT, type BoardFile, findBoards, writeBoardFile } from './board-file.ts';
import { ChipStore } from './chip-store.ts';
import { ClaimedStore } from './claimed-store.ts';
import { fleetPaths, STORE_ENTRIES } from './files.ts';
import { newStore } from './new-store.ts';
import { randomnessOfRun, rootOfParts } from './randomness.ts';
import { lockRange, type RangeLock } from './range-lock.ts';
import { makeDirectoryFor, type Purpose, requireRoom } from './require-room.ts';

/** What begins a directory: its boards, and a memory for each of their chips in order. */
export interface NewBoards extends Pick<BoardFile, 'boards' | 'seed' | 'fleet'> {
  readonly chips: readonly ProvisionedDevice[];
}

const BOARDS: Purpose = {
  code: 'EMU_E_BOARD_STATE',
  contents: 'boards',
  intent: 'store boards',
  entries: [/^board\.yaml\.partial$/, ...STORE_ENTRIES],
};

/** Boards whose chips last in a directory, claimed by this process. */
export class PersistentBoards {
  readonly file: BoardFile;
  /** Of all chips of all boards, in order. */
  readonly chips: readonly ProvisionedDevice[];
  /** What is soldered on and stays: the sensors. */
  readonly parts: Rng;
  /** What chips draw in this run and in no other. */
  readonly randomness: Rng;
  readonly #claimed: ClaimedStore;

  private constructor(directory: string, file: BoardFile, store: ChipStore, lock: RangeLock) {
    this.file = file;
    this.chips = chipsOf(directory, file, store);
    this.parts = rootOfParts(file);
    this.randomness = rootRng(randomnessOfRun(store, file.seed));
    this.#claimed = new ClaimedStore(store, lock);
  }

  /**
   * The boards in `directory`; made by `begin` when there are none yet.
   * @throws EmuError EMU_E_BOARD_STATE, EMU_E_FLEET_…, EMU_E_STORE_WRITE
   */
  static async open(directory: string, begin: () => Promise<NewBoards>): Promise<PersistentBoards> {
    if (findBoards(directory) === undefined) {
      requireRoom(directory, BOARDS);
      makeDirectoryFor(directory, BOARDS);
    }
    const lock = lockRange(directory, { from: 0, to: 1 }, 'emu board', {
      named: () => `the boards in ${directory}`,
      instead: 'name another --state',
    });
    let store: ChipStore | undefined;
    try {
      const file = findBoards(directory) ?? (await made(directory, await begin()));
      store = ChipStore.open(fleetPaths(directory).chips, file.id, 'write');
      return new PersistentBoards(directory, file, store, lock);
    } catch (error) {
      lock.release();
      await store?.close();
      throw error;
    }
  }

  /** Rejects when a memory cannot be stored. */
  get failed(): Promise<never> {
    return this.#claimed.failed;
  }

  /** Takes a copy of the memory of a chip, by its place in `chips`, and resolves when that lasts. */
  keep(chip: number, memory: Uint8Array): Promise<void> {
    return this.#claimed.commit((this.chips[chip] as ProvisionedDevice).serialNumber, memory);
  }

  close(): Promise<void> {
    return this.#claimed.close();
  }
}

/** `board.yaml` last: a directory without it has no boards. */
async function made(directory: string, { chips, ...boards }: NewBoards): Promise<BoardFile> {
  const file: BoardFile = {
    format: BOARD_FORMAT,
    id: randomUUID(),
    created: new Date().toISOString(),
    sensors: (boards.seed === undefined
      ? randomBytes(32)
      : Buffer.from(rootRng(boards.seed).fork('sensors').bytes(32))
    ).toString('hex'),
    ...boards,
  };
  await newStore(directory, { fleet: file.id, runs: 0 }, chips);
  writeBoardFile(directory, file);
  return file;
}

function chipsOf(directory: string, { boards }: BoardFile, store: ChipStore): ProvisionedDevice[] {
  const count = boards.reduce((sum, { chips }) => sum + chips.length, 0);
  return Array.from({ length: count }, (_, index) => {
    const chip = store.device(index);
    if (chip !== undefined) return chip;
    throw new EmuError('EMU_E_BOARD_STATE', `${directory} lacks the memory of chip ${index}`, {
      value: index,
      hint: 'Restore the whole directory from a copy, or begin with an empty one.',
    });
  });
}

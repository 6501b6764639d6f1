import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { EmuError } from '../../emulator/errors.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { fileTrouble, makeDirectory } from '../base/index.ts';
import type { ProvisionedDevice } from '../factory/index.ts';
import { type BoardFile, findBoards, writeBoardFile } from './board-file.ts';
import { ChipStore } from './chip-store.ts';
import { fleetPaths } from './files.ts';
import { Keeper, randomnessOfRun } from './keeper.ts';
import { lockRange, type RangeLock } from './range-lock.ts';

/** What begins a directory: its boards, and a memory for each of their chips in order. */
export interface NewBoards extends Pick<BoardFile, 'boards' | 'seed' | 'fleet'> {
  readonly chips: readonly ProvisionedDevice[];
}

/** All names that this program puts beside `board.yaml` before that is there. */
const LEFTOVERS = /^(board\.yaml\.partial|chips\.mdb(-lock)?|locks)$/;

/** Boards whose chips are kept in a directory, claimed by this process. */
export class PersistentBoards {
  readonly file: BoardFile;
  /** Of all chips of all boards, in order. */
  readonly chips: readonly ProvisionedDevice[];
  /** What is soldered on and stays: the sensors. */
  readonly parts: Rng;
  /** What chips draw in this run and in no other. */
  readonly chance: Rng;
  readonly #keeper: Keeper;
  readonly #store: ChipStore;
  readonly #lock: RangeLock;

  private constructor(directory: string, file: BoardFile, store: ChipStore, lock: RangeLock) {
    this.file = file;
    this.#store = store;
    this.#lock = lock;
    this.chips = chipsOf(directory, file, store);
    this.parts = rootRng(Uint8Array.from(Buffer.from(file.sensors, 'hex')));
    this.chance = rootRng(randomnessOfRun(store, file.seed));
    this.#keeper = new Keeper(store);
  }

  /**
   * The boards in `directory`; made by `begin` when there are none yet.
   * @throws EmuError EMU_E_BOARD_STATE, EMU_E_FLEET_…, EMU_E_STORE_WRITE
   */
  static async open(directory: string, begin: () => Promise<NewBoards>): Promise<PersistentBoards> {
    if (findBoards(directory) === undefined) requireRoom(directory);
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

  /** Rejects when a memory cannot be kept. */
  get failed(): Promise<never> {
    return this.#keeper.failed;
  }

  /** Takes a copy of the memory of a chip, by its place in `chips`, and resolves when that lasts. */
  keep(chip: number, memory: Uint8Array): Promise<void> {
    return this.#keeper.keep((this.chips[chip] as ProvisionedDevice).serialNumber, memory);
  }

  async close(): Promise<void> {
    try {
      await this.#store.close();
    } finally {
      this.#lock.release();
    }
  }
}

/** `board.yaml` last: a directory without it keeps nothing. */
async function made(directory: string, { chips, ...boards }: NewBoards): Promise<BoardFile> {
  const paths = fleetPaths(directory);
  for (const path of [paths.chips, `${paths.chips}-lock`]) rmSync(path, { force: true });
  const file: BoardFile = {
    format: 1,
    id: randomUUID(),
    created: new Date().toISOString(),
    sensors: (boards.seed === undefined
      ? randomBytes(32)
      : Buffer.from(rootRng(boards.seed).fork('sensors').bytes(32))
    ).toString('hex'),
    ...boards,
  };
  const store = await ChipStore.create(paths.chips, file.id);
  try {
    store.add(chips);
  } finally {
    await store.close();
  }
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

/** A directory without boards may hold only what a beginning left behind. */
function requireRoom(directory: string): void {
  try {
    makeDirectory(directory);
    const stranger = readdirSync(directory).find((entry) => !LEFTOVERS.test(entry));
    if (stranger === undefined) return;
    throw new EmuError('EMU_E_BOARD_STATE', `${directory} holds something else than boards: ${stranger}`, {
      value: directory,
      hint: 'Name a directory that is empty, or one that does not exist yet.',
    });
  } catch (cause) {
    if (cause instanceof EmuError) throw cause;
    throw new EmuError('EMU_E_BOARD_STATE', `cannot keep boards in ${directory}: ${fileTrouble(cause)}`, {
      value: directory,
      hint: 'Name a directory that you may write into; it is made when it does not exist.',
      cause,
    });
  }
}

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { CLOUD_FORMAT, findCloud, writeCloudFile } from './cloud-file.ts';
import { cloudPaths } from './files.ts';
import { lockFileOf } from './lock-file.ts';
import { lockRange, type RangeLock } from './range-lock.ts';
import { RecordStore } from './record-store.ts';
import { makeDirectoryFor, type Purpose, requireRoom } from './require-room.ts';

const CLOUD: Purpose = {
  code: 'EMU_E_CLOUD_STATE',
  contents: 'the state of a cloud',
  intent: 'store the state of a cloud',
  entries: [
    /^cloud\.yaml\.partial$/,
    /^cloud\.mdb(-lock)?(\.[0-9a-f]{8})?$/,
    /^servers\.yaml(\.[0-9a-f]{8}(\.partial)?)?$/,
    /^(server-ca\.pem|token)$/,
    /^locks$/,
  ],
};

/** Makes the directory of a cloud's state, unless it is there. @throws EmuError EMU_E_CLOUD_STATE */
export function makeCloudDirectory(directory: string): void {
  if (findCloud(directory) !== undefined) return;
  requireRoom(directory, CLOUD);
  makeDirectoryFor(directory, CLOUD);
}

/** The state of a cloud: texts under keys that last in a directory, claimed by this process. */
export class PersistentCloud {
  /** Rejects when something cannot be stored: nothing may be answered from then on. */
  readonly failed: Promise<never>;
  /** Every record, as it was when the state was opened. */
  readonly entries: Map<string, string>;
  readonly #store: RecordStore;
  readonly #lock: RangeLock;
  #fail: (error: unknown) => void = () => {};
  /** Of the last write: commits end in their order. */
  #lasting: Promise<void> = Promise.resolve();

  private constructor(store: RecordStore, lock: RangeLock) {
    this.entries = store.entries();
    this.#store = store;
    this.#lock = lock;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
  }

  /**
   * The state in `directory`, a new one when there is none yet.
   * @throws EmuError EMU_E_CLOUD_STATE, EMU_E_FLEET_…, EMU_E_STORE_WRITE
   */
  static async open(directory: string): Promise<PersistentCloud> {
    makeCloudDirectory(directory);
    const lock = lockRange(directory, { from: 0, to: 1 }, 'a cloud', {
      named: () => `the devices of the cloud in ${directory}`,
      instead: 'name another --state',
    });
    let store: RecordStore | undefined;
    try {
      const { id } = findCloud(directory) ?? (await begin(directory));
      store = RecordStore.open(cloudPaths(directory).store, id);
      return new PersistentCloud(store, lock);
    } catch (error) {
      lock.release();
      await store?.close();
      throw error;
    }
  }

  put(key: string, text: string): void {
    this.#follow(this.#store.put(key, text));
  }

  remove(key: string): void {
    this.#follow(this.#store.remove(key));
  }

  /** Resolves when all that was written until now lasts. Rejects when it cannot. */
  lasting(): Promise<void> {
    return this.#lasting;
  }

  /** Resolves when what is under way is written and the claim is given up. */
  async close(): Promise<void> {
    try {
      await this.#store.close();
    } finally {
      this.#lock.release();
    }
  }

  #follow(write: Promise<void>): void {
    const lasting = Promise.all([this.#lasting, write]).then(() => {});
    lasting.catch((error) => this.#fail(error));
    this.#lasting = lasting;
  }
}

/** `cloud.yaml` last: a directory without it has no state. */
async function begin(directory: string): Promise<{ readonly id: string }> {
  const { store } = cloudPaths(directory);
  for (const file of [store, lockFileOf(store)]) rmSync(file, { force: true });
  const file = { format: CLOUD_FORMAT, id: randomUUID(), created: new Date().toISOString() } as const;
  await RecordStore.create(store, file.id);
  writeCloudFile(directory, file);
  return file;
}

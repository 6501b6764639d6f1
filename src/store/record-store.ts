import { closeSync, openSync } from 'node:fs';
import type { Database, RootDatabase } from 'lmdb';
import { EmuError } from '../../emulator/errors.ts';
import { commitTrouble } from './commit-trouble.ts';
import { requireDatabase } from './database-check.ts';
import { requireDiskSpace } from './disk-space.ts';
import { damaged, readFailed, writeFailed } from './failures.ts';
import { makeLockFile } from './lock-file.ts';
import { openDatabase } from './open-database.ts';
import { contentsOf, sealed } from './record.ts';
import { requireWritable } from './require-writable.ts';

const OWNER = 'owner';

/** Texts under keys, in an LMDB file of their own. What one turn of the event loop writes is one commit, off this thread. */
export class RecordStore {
  readonly #file: string;
  readonly #root: RootDatabase;
  readonly #facts: Database<Buffer, string>;
  readonly #records: Database<Buffer, string>;

  private constructor(file: string) {
    this.#file = file;
    this.#root = openDatabase(file, false);
    this.#facts = this.#root.openDB('facts', { encoding: 'binary' });
    this.#records = this.#root.openDB('records', { encoding: 'binary' });
  }

  /** A new store without records. @throws EmuError EMU_E_STORE_WRITE */
  static async create(file: string, owner: string): Promise<void> {
    makeLockFile(file);
    try {
      requireDiskSpace(file);
      // LMDB takes an empty file for a new one, and leaves it whose it is.
      closeSync(openSync(file, 'wx', 0o600));
      const store = new RecordStore(file);
      store.#root.transactionSync(() => {
        store.#facts.put(OWNER, sealed(Buffer.from(OWNER), Buffer.from(owner)));
      });
      await store.close();
    } catch (cause) {
      throw writeFailed(file, cause);
    }
  }

  /** The store of `owner`. @throws EmuError EMU_E_FLEET_DAMAGED, _UNREADABLE, _READ_ONLY, EMU_E_CLOUD_STATE, EMU_E_STORE_WRITE */
  static open(file: string, owner: string): RecordStore {
    requireDatabase(file);
    requireWritable(file);
    makeLockFile(file);
    let store: RecordStore;
    try {
      store = new RecordStore(file);
    } catch (cause) {
      throw readFailed(file, cause);
    }
    try {
      store.#requireOf(owner);
      return store;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** Every record. @throws EmuError EMU_E_FLEET_DAMAGED */
  entries(): Map<string, string> {
    const entries = this.#read(() => [...this.#records.getRange()]);
    return new Map(entries.map(({ key, value }) => [key, this.#textOf(key, value)]));
  }

  /** Resolves when the text lasts under the key, and with it every write before. @throws EmuError EMU_E_STORE_WRITE */
  async put(key: string, text: string): Promise<void> {
    await this.#written(() => this.#records.put(key, sealed(Buffer.from(key), Buffer.from(text))));
  }

  /** Resolves when the key is gone for good. @throws EmuError EMU_E_STORE_WRITE */
  async remove(key: string): Promise<void> {
    await this.#written(() => this.#records.remove(key));
  }

  /** Resolves when what is under way is written. */
  close(): Promise<void> {
    return this.#root.close();
  }

  async #written(write: () => Promise<boolean>): Promise<void> {
    try {
      await write();
    } catch (error) {
      throw writeFailed(this.#file, await commitTrouble(error));
    }
  }

  #requireOf(owner: string): void {
    const record = this.#read(() => this.#facts.get(OWNER));
    if (record !== undefined && this.#text(OWNER, record, 'what the store says of itself') === owner) return;
    throw new EmuError('EMU_E_CLOUD_STATE', `${this.#file} belongs to another cloud than the cloud.yaml beside it`, {
      value: this.#file,
      hint: 'Put the files of one cloud together again; nothing was written.',
    });
  }

  #textOf(key: string, record: Uint8Array): string {
    return this.#text(key, record, `record ${JSON.stringify(key)}`);
  }

  #text(key: string, record: Uint8Array, what: string): string {
    const contents = contentsOf(Buffer.from(key), record);
    if (contents === undefined) throw damaged(this.#file, `${what} is damaged`);
    return Buffer.from(contents).toString();
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw readFailed(this.#file, cause);
    }
  }
}

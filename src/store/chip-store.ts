import { closeSync, openSync } from 'node:fs';
import type { Database, RootDatabase } from 'lmdb';
import { EmuError } from '../../emulator/errors.ts';
import type { DeviceIdentity, ProvisionedDevice } from '../factory/index.ts';
import { CommitGroup } from './commit-group.ts';
import { commitTrouble } from './commit-trouble.ts';
import { requireDatabase } from './database-check.ts';
import { requireDiskSpace } from './disk-space.ts';
import { damaged, readFailed, writeFailed } from './failures.ts';
import { makeLockFile } from './lock-file.ts';
import { openDatabase } from './open-database.ts';
import {
  decodeFacts,
  decodeIdentity,
  decodeMemory,
  encodeFacts,
  encodeIdentity,
  encodeMemory,
  FACTS,
  type Facts,
} from './record.ts';
import { requireWritable } from './require-writable.ts';

/**
 * The memories of a fleet's chips: an LMDB file, whose pages are copied when written, so that there is no moment at which
 * the end of the process could tear one. Writes of one turn of the event loop, and those that wait for the disk, become
 * one commit, off this thread. Several processes may have the file open.
 */
export class ChipStore {
  readonly #file: string;
  readonly #root: RootDatabase;
  readonly #facts: Database<Buffer, string>;
  /** Records by serial number. */
  readonly #chips: Database<Buffer, Buffer>;
  /** Serial number and MAC tail by the device's number. */
  readonly #devices: Database<Buffer, number>;

  readonly #group: CommitGroup | undefined;

  private constructor(file: string, readOnly: boolean, groupMs = 0) {
    this.#file = file;
    if (groupMs > 0) this.#group = new CommitGroup(groupMs);
    this.#root = openDatabase(file, readOnly);
    this.#facts = this.#root.openDB('facts', { encoding: 'binary' });
    this.#chips = this.#root.openDB('chips', { encoding: 'binary', keyEncoding: 'binary' });
    this.#devices = this.#root.openDB('devices', { encoding: 'binary', keyEncoding: 'uint32' });
  }

  /** A new store, of no device yet. @throws EmuError EMU_E_STORE_WRITE */
  static create(file: string, facts: Facts): ChipStore {
    makeLockFile(file);
    try {
      requireDiskSpace(file);
      // LMDB takes an empty file for a new one, and leaves it whose it is.
      closeSync(openSync(file, 'wx', 0o600));
      const store = new ChipStore(file, false);
      store.#root.transactionSync(() => {
        store.#facts.put(FACTS, encodeFacts(facts));
      });
      return store;
    } catch (cause) {
      throw writeFailed(file, cause);
    }
  }

  /** The store of fleet `fleet`; commits that come within `groupMs` become one. @throws EmuError EMU_E_FLEET_DAMAGED, _UNREADABLE, _READ_ONLY, _FOREIGN, EMU_E_STORE_WRITE */
  static open(file: string, fleet: string, access: 'read' | 'write', groupMs = 0): ChipStore {
    requireDatabase(file);
    if (access === 'write') requireWritable(file);
    makeLockFile(file);
    let store: ChipStore;
    try {
      store = new ChipStore(file, access === 'read', groupMs);
    } catch (cause) {
      throw readFailed(file, cause);
    }
    try {
      store.#requireOf(fleet);
      return store;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** Adds devices in one commit, which lasts when this returns: all of them or, on failure, none. @throws EmuError EMU_E_STORE_WRITE */
  add(devices: readonly ProvisionedDevice[]): void {
    try {
      requireDiskSpace(this.#file, devices.length);
      this.#root.transactionSync(() => {
        for (const { index, serialNumber, macTail, memory } of devices) {
          this.#chips.put(Buffer.from(serialNumber), encodeMemory(serialNumber, memory));
          this.#devices.put(index, encodeIdentity({ index, serialNumber, macTail }));
        }
      });
    } catch (cause) {
      throw writeFailed(this.#file, cause);
    }
  }

  /** Takes a copy of the memory now; resolves when it lasts, and with it every commit before. @throws EmuError EMU_E_STORE_WRITE */
  async commit(serialNumber: Uint8Array, memory: Uint8Array): Promise<void> {
    const [key, record] = [Buffer.from(serialNumber), encodeMemory(serialNumber, memory)];
    const write = () => this.#chips.put(key, record);
    try {
      await (this.#group === undefined ? write() : this.#group.add(write));
    } catch (error) {
      throw writeFailed(this.#file, await commitTrouble(error));
    }
  }

  /** The numbers of the devices that are there, rising. @throws EmuError EMU_E_FLEET_DAMAGED */
  numbers(): number[] {
    return this.#read(() => [...this.#devices.getKeys()]);
  }

  /** Who the devices that are there are, rising by number. @throws EmuError EMU_E_FLEET_DAMAGED */
  identities(): DeviceIdentity[] {
    return this.#read(() => [...this.#devices.getRange()]).map(({ key, value }) => this.#identity(key, value));
  }

  /** Looks at every record. @throws EmuError EMU_E_FLEET_DAMAGED */
  requireIntact(): void {
    for (const index of this.numbers()) this.device(index);
  }

  /** Device `index`; undefined when it is not there. @throws EmuError EMU_E_FLEET_DAMAGED */
  device(index: number): ProvisionedDevice | undefined {
    const entry = this.#read(() => this.#devices.get(index));
    if (entry === undefined) return undefined;
    const identity = this.#identity(index, entry);
    const { serialNumber } = identity;
    const record = this.#read(() => this.#chips.get(Buffer.from(serialNumber)));
    const memory = record && decodeMemory(serialNumber, record);
    if (memory === undefined) throw damaged(this.#file, `the memory of device ${index} is damaged`);
    return { ...identity, memory };
  }

  /** The number of a run that begins, from 0; no other run of this store ever gets it. @throws EmuError EMU_E_FLEET_DAMAGED, EMU_E_STORE_WRITE */
  beginRun(): number {
    try {
      requireDiskSpace(this.#file);
      return this.#root.transactionSync(() => {
        const facts = this.#readFacts();
        this.#facts.put(FACTS, encodeFacts({ ...facts, runs: facts.runs + 1 }));
        return facts.runs;
      });
    } catch (cause) {
      throw cause instanceof EmuError ? cause : writeFailed(this.#file, cause);
    }
  }

  /** How many runs have begun. @throws EmuError EMU_E_FLEET_DAMAGED */
  get runs(): number {
    return this.#readFacts().runs;
  }

  /** Resolves when what is under way is written. */
  close(): Promise<void> {
    this.#group?.flush();
    return this.#root.close();
  }

  #requireOf(fleet: string): void {
    const own = this.#readFacts().fleet;
    if (own === fleet) return;
    throw new EmuError('EMU_E_FLEET_FOREIGN', `${this.#file} belongs to another fleet than the fleet.yaml beside it`, {
      value: own,
      hint: 'Put the files of one fleet together again; nothing was written.',
    });
  }

  #identity(index: number, entry: Uint8Array): DeviceIdentity {
    const identity = decodeIdentity(index, entry);
    if (identity === undefined) throw damaged(this.#file, `the identity of device ${index} is damaged`);
    return identity;
  }

  #readFacts(): Facts {
    const record = this.#read(() => this.#facts.get(FACTS));
    const facts = record && decodeFacts(record);
    if (facts === undefined) throw damaged(this.#file, 'what the store says of itself is damaged');
    return facts;
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw readFailed(this.#file, cause);
    }
  }
}

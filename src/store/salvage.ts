import type { DeviceIdentity, ProvisionedDevice } from '../factory/index.ts';
import { withDatabase } from './database-check.ts';
import { newestSnapshot, readMetas, type Tree } from './database-header.ts';
import { DatabasePages } from './database-pages.ts';
import { namedTrees, type TakeEntry, walkTree } from './database-tree.ts';
import { decodeFacts, decodeIdentity, decodeMemory } from './record.ts';

/** What is intact of a store. */
export interface Salvaged {
  /** Rising by number; each record has its checksum. */
  readonly devices: readonly ProvisionedDevice[];
  /** How many runs have begun, or more: what is lost of that is counted by commits, of which every run makes one. */
  readonly runs: number;
}

/**
 * Reads what is intact of a damaged store, without LMDB: pages that are damaged are passed over, with all that they lead to. Where
 * it cannot be told which commit was the last, nothing counts as intact: a chip must not be set back.
 * @throws EmuError EMU_E_FLEET_DAMAGED where there is no file, EMU_E_FLEET_UNREADABLE
 */
export function salvage(file: string): Salvaged {
  return withDatabase(file, (descriptor) => {
    const metas = readMetas(descriptor);
    const snapshot = metas && newestSnapshot(descriptor, metas);
    if (snapshot === undefined) return { devices: [], runs: 0 };
    const pages = new DatabasePages(file, descriptor, snapshot);
    const passOver = () => {};
    const trees = namedTrees(pages, snapshot, passOver);
    const read = (tree: Tree | undefined, take: TakeEntry) => tree && walkTree(pages, tree, take, passOver);

    const memories = new Map<string, Uint8Array>();
    read(trees.get('chips'), (serialNumber, record) => {
      const memory = decodeMemory(serialNumber, record);
      if (memory !== undefined) memories.set(serialNumber.toString('hex'), memory);
    });
    const found: DeviceIdentity[] = [];
    read(trees.get('devices'), (key, record) => {
      const identity = key.length === 4 ? decodeIdentity(key.readUInt32LE(), record) : undefined;
      if (identity !== undefined) found.push(identity);
    });
    let runs = snapshot.transaction;
    read(trees.get('facts'), (_key, record) => {
      runs = decodeFacts(record)?.runs ?? runs;
    });
    const devices = found.flatMap((identity) => {
      const memory = memories.get(identity.commonName);
      return memory === undefined ? [] : [{ ...identity, memory }];
    });
    return { devices, runs };
  });
}

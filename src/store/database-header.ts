import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { damaged, unreadable } from './failures.ts';

/** The first bytes of a meta page (lmdb.h MDB_meta behind the page header), all little-endian on the machines Node runs on. */
const META = { magic: 24, version: 28, pageSize: 48, lastPage: 144 } as const;
const META_BYTES = 160;
const MAGIC = 0xbeefc0de;
const VERSION = 2;

/**
 * Looks at an LMDB file before LMDB does, which maps it and dies of what it does not expect: a truncated file is SIGBUS, a
 * foreign one SIGSEGV. Both meta pages must be LMDB's, and every page that they count must be there.
 * @throws EmuError EMU_E_FLEET_DAMAGED, EMU_E_FLEET_UNREADABLE
 */
export function requireDatabase(file: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw damaged(file, 'the store of the chips is missing', cause);
    throw unreadable(file, cause);
  }
  try {
    const first = readMeta(descriptor, 0);
    const pageSize = first?.getUint32(META.pageSize, true) ?? 0;
    if (first === undefined || pageSize < 512 || pageSize > 65_536) throw damaged(file, 'this is not a store of chips');
    const second = readMeta(descriptor, pageSize);
    if (second === undefined) throw damaged(file, 'the store of the chips is truncated');
    const pages = 1n + [first, second].reduce((most, meta) => max(most, meta.getBigUint64(META.lastPage, true)), 0n);
    if (BigInt(fstatSync(descriptor).size) < pages * BigInt(pageSize)) {
      throw damaged(file, 'the store of the chips is truncated');
    }
  } finally {
    closeSync(descriptor);
  }
}

function readMeta(descriptor: number, position: number): DataView | undefined {
  const bytes = new Uint8Array(META_BYTES);
  if (readSync(descriptor, bytes, 0, META_BYTES, position) < META_BYTES) return undefined;
  const view = new DataView(bytes.buffer);
  const isMeta = view.getUint32(META.magic, true) === MAGIC && view.getUint32(META.version, true) === VERSION;
  return isMeta ? view : undefined;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

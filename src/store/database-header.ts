import { readSync } from 'node:fs';
import { PAGE_HEADER } from './database-page.ts';

/** The root of a tree (mdb.c MDB_db), and what must be in it. */
export interface Tree {
  readonly flags: number;
  /** Pages from the root to a leaf, both included. */
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** Undefined where the tree is empty. */
  readonly root: number | undefined;
}

/** What a commit left behind (mdb.c MDB_meta). */
export interface Snapshot {
  readonly pageSize: number;
  readonly lastPage: number;
  /** The number of the commit. */
  readonly transaction: number;
  /** Pages that nothing needs, by the commit that freed them. */
  readonly free: Tree;
  /** The roots of the named trees. */
  readonly main: Tree;
}

/** The fields of a meta page, behind the page's header; all little-endian on the machines that Node runs on. */
const META = { magic: 24, version: 28, pageSize: 48, free: 48, main: 96, lastPage: 144, transaction: 152 } as const;
const META_BYTES = 160;
const MAGIC = 0xbeefc0de;
const VERSION = 2;
const META_FLAG = 0x08;
export const TREE_BYTES = 48;
const NO_PAGE = 2n ** 64n - 1n;

/** The two meta pages as they are now; undefined when this is no database. */
export function readMetas(descriptor: number): Buffer | undefined {
  const metas = Buffer.alloc(2 * META_BYTES);
  if (readSync(descriptor, metas, 0, META_BYTES, 0) < META_BYTES) return undefined;
  const pageSize = metas.readUInt32LE(META.pageSize);
  const isDatabase = metas.readUInt32LE(META.magic) === MAGIC && pageSize >= 512 && pageSize <= 65_536;
  if (!isDatabase) return undefined;
  return readSync(descriptor, metas, META_BYTES, META_BYTES, pageSize) < META_BYTES ? undefined : metas;
}

/**
 * The newer of two snapshots; undefined when a meta page is damaged, since then it is not known which that is. Commit N replaces
 * meta page N % 2, so that the two are always one commit apart, and writes a new root of the tree of names.
 */
export function newestSnapshot(descriptor: number, metas: Buffer): Snapshot | undefined {
  const [first, second] = [0, 1].map((index) => snapshotIn(metas.subarray(index * META_BYTES), index));
  if (first === undefined || second === undefined || first.pageSize !== second.pageSize) return undefined;
  const [older, newer] = first.transaction < second.transaction ? [first, second] : [second, first];
  const isLatest =
    newer.transaction - older.transaction === 1 && hasOwnRoot(descriptor, newer) && hasOwnRoot(descriptor, older);
  return isLatest ? newer : undefined;
}

/** Whether a snapshot's commit is what it says: a wrong one would make the older snapshot the newer, and set chips back. */
function hasOwnRoot(descriptor: number, { main, pageSize, transaction }: Snapshot): boolean {
  // Of no commit yet: the older one of a store with one commit.
  if (main.root === undefined || transaction === 0) return main.root === undefined && transaction === 0;
  const header = Buffer.alloc(PAGE_HEADER);
  const isBeyondEnd = readSync(descriptor, header, 0, PAGE_HEADER, main.root * pageSize) < PAGE_HEADER;
  // A truncated file is found by its length.
  return isBeyondEnd || (pageNumberIn(header) === main.root && pageTransactionIn(header) === transaction);
}

function snapshotIn(meta: Buffer, index: number): Snapshot | undefined {
  const isMeta =
    pageNumberIn(meta) === index &&
    pageFlagsIn(meta) === META_FLAG &&
    meta.readUInt32LE(META.magic) === MAGIC &&
    meta.readUInt32LE(META.version) === VERSION;
  const transaction = wide(meta, META.transaction);
  if (!isMeta || transaction % 2 !== index) return undefined;
  return {
    pageSize: meta.readUInt32LE(META.pageSize),
    lastPage: wide(meta, META.lastPage),
    transaction,
    free: treeIn(meta.subarray(META.free)),
    main: treeIn(meta.subarray(META.main)),
  };
}

/** The root that lies in `TREE_BYTES` bytes. */
export function treeIn(bytes: Buffer): Tree {
  return {
    flags: bytes.readUInt16LE(4),
    depth: bytes.readUInt16LE(6),
    branchPages: wide(bytes, 8),
    leafPages: wide(bytes, 16),
    overflowPages: wide(bytes, 24),
    entries: wide(bytes, 32),
    root: bytes.readBigUInt64LE(40) === NO_PAGE ? undefined : wide(bytes, 40),
  };
}

/** The number that a page has in its header. */
export function pageNumberIn(page: Buffer): number {
  return wide(page, 0);
}

/** The commit that wrote a page. */
export function pageTransactionIn(page: Buffer): number {
  return wide(page, 8);
}

/** What kind of page it is. */
export function pageFlagsIn(page: Buffer): number {
  return page.readUInt16LE(18);
}

/** Eight bytes as a number: inexact beyond 2^53, where no file has a page and no store a commit. */
function wide(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 2 ** 32;
}

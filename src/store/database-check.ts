import { closeSync, fstatSync, openSync } from 'node:fs';
import { EmuError } from '../../emulator/errors.ts';
import { newestSnapshot, readMetas, type Snapshot } from './database-header.ts';
import { DatabasePages } from './database-pages.ts';
import { namedTrees, walkTree } from './database-tree.ts';
import { damaged, unreadable } from './failures.ts';
import { INTEGER_KEYS, storeKindOf } from './store-kind.ts';

/** lmdb.h MDB_NOSUBDIR, which LMDB keeps with the flags of the tree of free pages. */
const NO_DIRECTORY = 0x4000;
/** Commits that may come between, one for each time that the pages are looked at. */
const ATTEMPTS = 5;

/**
 * Looks at all pages of a store before LMDB does, which maps the file and believes it: a truncated file is SIGBUS, a foreign or
 * damaged one SIGSEGV. Others may write meanwhile, and reuse pages of the snapshot that is being looked at: damage counts when
 * no commit came between. A store to which commits never cease was checked by who commits.
 * @throws EmuError EMU_E_FLEET_DAMAGED, EMU_E_FLEET_UNREADABLE
 */
export function requireDatabase(file: string): void {
  withDatabase(file, (descriptor) => {
    for (let attempt = 1; ; attempt++) {
      const metas = readMetas(descriptor);
      try {
        requireSound(file, descriptor, metas);
        return;
      } catch (error) {
        if (metas === undefined || readMetas(descriptor)?.equals(metas)) throw error;
        if (attempt === ATTEMPTS) return;
      }
    }
  });
}

/** What `use` makes of the file, opened. @throws EmuError EMU_E_FLEET_DAMAGED, EMU_E_FLEET_UNREADABLE */
export function withDatabase<T>(file: string, use: (descriptor: number) => T): T {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw damaged(file, `${storeKindOf(file).called} is missing`, cause);
    throw unreadable(file, cause);
  }
  try {
    return use(descriptor);
  } catch (error) {
    throw error instanceof EmuError ? error : unreadable(file, error);
  } finally {
    closeSync(descriptor);
  }
}

function requireSound(file: string, descriptor: number, metas: Buffer | undefined): void {
  const { called, one, trees: expected } = storeKindOf(file);
  if (metas === undefined) throw damaged(file, `this is not ${one}`);
  const snapshot = newestSnapshot(descriptor, metas);
  if (snapshot === undefined) throw damaged(file, `the first pages of ${called} are damaged`);
  if (fstatSync(descriptor).size < (snapshot.lastPage + 1) * snapshot.pageSize) {
    throw damaged(file, `${called} is truncated`);
  }
  const pages = new DatabasePages(file, descriptor, snapshot);
  const trees = namedTrees(pages, snapshot);
  const hasTrees =
    trees.size === Object.keys(expected).length && [...trees].every(([name, { flags }]) => expected[name] === flags);
  const { free, main } = snapshot;
  if (!hasTrees || main.flags !== 0 || (free.flags & ~NO_DIRECTORY) !== INTEGER_KEYS) {
    throw damaged(file, `this is not ${one}`);
  }
  for (const tree of trees.values()) walkTree(pages, tree, () => {});
  useFreePages(pages, snapshot);
  pages.requireAllUsed();
}

/**
 * The lists of free pages: how many numbers follow, then numbers of pages. A negative number is the length of a run, and the
 * next one its first page; zeros are gaps (the binding's midl-sparse.c).
 */
function useFreePages(pages: DatabasePages, { free }: Snapshot): void {
  walkTree(pages, free, (_commit, data) => {
    const at = (index: number) => {
      if (8 * (index + 1) > data.length) throw pages.damage(free.root ?? 0);
      return Number(data.readBigInt64LE(8 * index));
    };
    const last = at(0);
    for (let index = 1; index <= last; index++) {
      const run = at(index) < 0 ? -at(index++) : 1;
      const first = at(index);
      if (first === 0) continue;
      for (let page = first; page < first + run; page++) pages.use(page);
    }
  });
}

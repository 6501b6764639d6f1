/**
 * A store as LMDB's own headers describe it (lmdb.h and mdb.c of LMDB 1.0 as the package `lmdb` has it): offsets of what a test
 * damages. A page has 24 bytes of header: its number, the commit that wrote it, padding, flags, and the bounds of its free space,
 * which count from behind the header. There begin the offsets of its nodes.
 */
export const PAGE = 4096;
export const HEADER = 24;
export const OF_PAGE = { number: 0, commit: 8, flags: 18, lower: 20, upper: 22, firstOffset: 24 } as const;
/** Behind a meta page's header: magic, version, address, size of the map, the trees of free pages and of names, last page, commit. */
export const OF_META = { magic: 24, version: 28, free: 48, main: 96, lastPage: 144, commit: 152 } as const;
/** Of the root of a tree. */
export const OF_TREE = { flags: 4, depth: 6, branchPages: 8, leafPages: 16, entries: 32, root: 40 } as const;
/** Of a node: the size of its data in a leaf, the page below in a branch; its flags; the size of its key; the key. */
export const OF_NODE = { size: 0, child: 0, flags: 4, keySize: 6, key: 8 } as const;
export const BRANCH = 1;
export const LEAF = 2;

/** Where the newer of the two meta pages begins: the one of the later commit. */
export function newestMeta(store: Buffer): number {
  return store.readBigUInt64LE(OF_META.commit) > store.readBigUInt64LE(PAGE + OF_META.commit) ? 0 : PAGE;
}

/** Where the node `index` of the page at `page` begins. */
export function nodeAt(store: Buffer, page: number, index: number): number {
  return page + HEADER + store.readUInt16LE(page + OF_PAGE.firstOffset + 2 * index);
}

/** Where the root page of a tree begins. */
export function rootPage(store: Buffer, tree: number): number {
  return PAGE * Number(store.readBigUInt64LE(tree + OF_TREE.root));
}

/** Where the root of the tree `name` is: the data of the node under that name, behind the name and a zero. */
export function namedTree(store: Buffer, name: string): number {
  const page = rootPage(store, newestMeta(store) + OF_META.main);
  for (let index = 0; 2 * index < store.readUInt16LE(page + OF_PAGE.lower); index++) {
    const node = nodeAt(store, page, index);
    const key = store.toString(
      'latin1',
      node + OF_NODE.key,
      node + OF_NODE.key + store.readUInt16LE(node + OF_NODE.keySize),
    );
    if (key === `${name}\0`) return node + OF_NODE.key + key.length;
  }
  throw new Error(`the store has no tree ${name}`);
}

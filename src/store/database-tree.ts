import { EmuError } from '../../emulator/errors.ts';
import { type Snapshot, TREE_BYTES, type Tree, treeIn } from './database-header.ts';
import { bigDataIn, branchNodes, type LeafNode, leafNodes } from './database-page.ts';
import type { DatabasePages } from './database-pages.ts';
import { INTEGER_KEYS } from './store-kind.ts';

/** lmdb.h MDB_REVERSEKEY and those of duplicate keys: no tree of a store has them. */
const OTHER_FLAGS = 0x76;

type Compare = (a: Buffer, b: Buffer) => number;
export type TakeEntry = (key: Buffer, data: Buffer, isTree: boolean) => void;

/** What is said of damage; a salvage passes over the pages that have it. */
export type OnDamage = (error: EmuError) => void;

/**
 * Walks a tree with ordinary reads, checks all that LMDB relies on, and hands out the entries in the order of their keys: page
 * numbers, kinds, bounds and offsets, the order of keys within and between pages, and the counts in the root.
 * @throws EmuError EMU_E_FLEET_DAMAGED, unless there is an `onDamage`
 */
export function walkTree(pages: DatabasePages, tree: Tree, take: TakeEntry, onDamage?: OnDamage): void {
  if (tree.root === undefined) return;
  const walk = new TreeWalk(pages, tree, take, onDamage);
  walk.page(tree.root, 1);
  if (onDamage === undefined) walk.requireCounts(tree.root);
}

/** The roots in the main tree, by their names. @throws EmuError EMU_E_FLEET_DAMAGED, unless there is an `onDamage` */
export function namedTrees(pages: DatabasePages, { main }: Snapshot, onDamage?: OnDamage): Map<string, Tree> {
  const trees = new Map<string, Tree>();
  const take: TakeEntry = (key, data, isTree) => {
    // The binding ends a name with a zero.
    if (isTree && data.length === TREE_BYTES) trees.set(key.toString('latin1').replace(/\0$/, ''), treeIn(data));
  };
  walkTree(pages, main, take, onDamage);
  return trees;
}

class TreeWalk {
  readonly #pages: DatabasePages;
  readonly #tree: Tree;
  readonly #take: TakeEntry;
  readonly #onDamage: OnDamage | undefined;
  readonly #compare: Compare;
  readonly #counts = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
  /** The key before the next one: a leaf's, which is less, or a branch's, which may be the same. */
  #before: { readonly key: Buffer; readonly isLeaf: boolean } | undefined;

  constructor(pages: DatabasePages, tree: Tree, take: TakeEntry, onDamage: OnDamage | undefined) {
    this.#pages = pages;
    this.#tree = tree;
    this.#take = take;
    this.#onDamage = onDamage;
    this.#compare = (tree.flags & INTEGER_KEYS) === 0 ? Buffer.compare : compareNumbers;
  }

  page(page: number, level: number): void {
    try {
      if ((this.#tree.flags & OTHER_FLAGS) !== 0 || level > this.#tree.depth) throw this.#pages.damage(page);
      if (level === this.#tree.depth) this.#leaf(page);
      else this.#branch(page, level);
    } catch (error) {
      if (this.#onDamage === undefined || !(error instanceof EmuError)) throw error;
      this.#onDamage(error);
    }
  }

  requireCounts(root: number): void {
    const { branchPages, leafPages, overflowPages, entries } = this.#counts;
    const isWhole =
      branchPages === this.#tree.branchPages &&
      leafPages === this.#tree.leafPages &&
      overflowPages === this.#tree.overflowPages &&
      entries === this.#tree.entries;
    if (!isWhole) throw this.#pages.damage(root);
  }

  #branch(page: number, level: number): void {
    const nodes = branchNodes(this.#pages.read(page, 'branch'));
    // The list of free pages may have a branch with one page below it (mdb.c mdb_page_search_root).
    if (nodes === undefined || nodes.length === 0) throw this.#pages.damage(page);
    this.#counts.branchPages++;
    for (const [index, { key, child }] of nodes.entries()) {
      // The first key of a branch page stands for no bound.
      if (index > 0) this.#next(page, key, false);
      this.page(child, level + 1);
    }
  }

  #leaf(page: number): void {
    const nodes = leafNodes(this.#pages.read(page, 'leaf'));
    if (nodes === undefined || nodes.length === 0) throw this.#pages.damage(page);
    this.#counts.leafPages++;
    for (const node of nodes) this.#next(page, node.key, true);
    for (const node of nodes) this.#take(node.key, this.#dataOf(page, node), node.kind === 'tree');
    this.#counts.entries += nodes.length;
  }

  /** Keys rise, from leaf to leaf and over the bounds on branch pages. */
  #next(page: number, key: Buffer, isLeaf: boolean): void {
    const hasLength = (this.#tree.flags & INTEGER_KEYS) === 0 || key.length === 4 || key.length === 8;
    if (!hasLength || key.length === 0) throw this.#pages.damage(page);
    if (this.#before !== undefined) {
      const order = this.#compare(this.#before.key, key);
      if (order > 0 || (order === 0 && this.#before.isLeaf)) throw this.#pages.damage(page);
    }
    this.#before = { key, isLeaf };
  }

  #dataOf(page: number, node: LeafNode): Buffer {
    if (node.kind !== 'big data') return node.data;
    const { page: first, pages } = bigDataIn(node);
    if (pages < 1) throw this.#pages.damage(page);
    this.#counts.overflowPages += pages;
    return this.#pages.readBigData(first, pages, node.size);
  }
}

/** The last byte is the highest; numbers of two sizes are in no order. */
function compareNumbers(a: Buffer, b: Buffer): number {
  if (a.length !== b.length) return 1;
  for (let at = a.length - 1; at >= 0; at--) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEMORY_SIZE } from '../../../emulator/atecc608/index.ts';
import { requireDatabase } from '../../../src/store/database-check.ts';
import { beginRun } from '../../../src/store/index.ts';
import { newStore } from '../../../src/store/new-store.ts';
import {
  BRANCH,
  LEAF,
  namedTree,
  newestMeta,
  nodeAt,
  OF_META,
  OF_NODE,
  OF_PAGE,
  OF_TREE,
  PAGE,
  rootPage,
} from '../../support/lmdb-pages.ts';
import { makeFleet } from '../../support/persistent-fleet.ts';

const CHIP_STORE = new URL('../../../dist/src/store/chip-store.js', import.meta.url).href;

let scratch: string;
let whole: Buffer;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-database-'));
  await makeFleet(scratch, 12);
  // Pages are free only where a commit came before the last.
  for (let run = 0; run < 3; run++) await beginRun(scratch);
  whole = readFileSync(join(scratch, 'chips.mdb'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const damaged = (words: string) =>
  expect.objectContaining({ code: 'EMU_E_FLEET_DAMAGED', message: expect.stringContaining(words) });

/** Looks at a copy of the store that has been changed. */
function look(change: (store: Buffer) => void): void {
  const file = join(scratch, 'copy.mdb');
  const copy = Buffer.from(whole);
  change(copy);
  writeFileSync(file, copy);
  requireDatabase(file);
}

const meta = (store: Buffer) => newestMeta(store);
const free = (store: Buffer) => meta(store) + OF_META.free;
const chips = (store: Buffer) => rootPage(store, namedTree(store, 'chips'));
/** The page under the first node of the tree of chips. */
const leaf = (store: Buffer, index = 0) =>
  PAGE * store.readUInt32LE(nodeAt(store, chips(store), index) + OF_NODE.child);
const devices = (store: Buffer) => rootPage(store, namedTree(store, 'devices'));
const add = (store: Buffer, at: number, bytes: 2 | 4 | 8, difference: number) => {
  if (bytes === 8) store.writeBigUInt64LE(store.readBigUInt64LE(at) + BigInt(difference), at);
  else store.writeUIntLE(store.readUIntLE(at, bytes) + difference, at, bytes);
};

describe('a store', () => {
  it('is sound as it was left', () => {
    expect(() => look(() => {})).not.toThrow();
    expect(whole.readUInt16LE(chips(whole) + OF_PAGE.flags)).toBe(BRANCH);
    expect(whole.readUInt16LE(leaf(whole) + OF_PAGE.flags)).toBe(LEAF);
    expect(whole.readUInt16LE(devices(whole) + OF_PAGE.flags)).toBe(LEAF);
  });

  it('may be longer than its pages', () => {
    const file = join(scratch, 'longer.mdb');
    writeFileSync(file, Buffer.concat([whole, Buffer.alloc(PAGE)]));
    expect(() => requireDatabase(file)).not.toThrow();
    truncateSync(file, whole.length - 1);
    expect(() => requireDatabase(file)).toThrow(damaged('truncated'));
  });

  it('is refused as a directory', () => {
    expect(() => requireDatabase(scratch)).toThrow(expect.objectContaining({ code: 'EMU_E_FLEET_UNREADABLE' }));
  });

  const other = (store: Buffer) => PAGE - meta(store);
  it.each<[string, string, (store: Buffer) => void]>([
    ['another magic number', 'not a store', (store) => add(store, OF_META.magic, 4, 1)],
    ['another magic number in the second meta page', 'first pages', (store) => add(store, PAGE + OF_META.magic, 4, 1)],
    ['another version', 'first pages', (store) => add(store, PAGE + OF_META.version, 4, 1)],
    ['no flag of a meta page', 'first pages', (store) => store.writeUInt16LE(0, OF_PAGE.flags)],
    ['another number of a meta page', 'first pages', (store) => add(store, PAGE + OF_PAGE.number, 8, 1)],
    [
      'an older commit in place of the newest',
      'first pages',
      (store) => add(store, meta(store) + OF_META.commit, 8, -2),
    ],
    ['a newer commit in place of the older', 'first pages', (store) => add(store, other(store) + OF_META.commit, 8, 2)],
    [
      'a tree of names that is not of its commit',
      'first pages',
      (store) => add(store, rootPage(store, meta(store) + OF_META.main) + OF_PAGE.commit, 8, -1),
    ],
    ['the commit of the other meta page', 'first pages', (store) => add(store, other(store) + OF_META.commit, 8, 1)],
    ['a page size in one of the two', 'first pages', (store) => add(store, PAGE + OF_META.free, 4, 4096)],
    ['more pages than the file has', 'truncated', (store) => add(store, meta(store) + OF_META.lastPage, 8, 1)],
    ['fewer pages', 'page', (store) => add(store, meta(store) + OF_META.lastPage, 8, -1)],
    ['another name of a tree', 'not a store', (store) => add(store, namedTree(store, 'facts') - 2, 2, 1)],
    [
      'other flags of the tree of numbers',
      'not a store',
      (store) => add(store, namedTree(store, 'devices') + OF_TREE.flags, 2, -8),
    ],
    ['a tree of duplicate keys', 'not a store', (store) => add(store, namedTree(store, 'chips') + OF_TREE.flags, 2, 4)],
    [
      'other flags of the tree of names',
      'page',
      (store) => add(store, meta(store) + OF_META.main + OF_TREE.flags, 2, 4),
    ],
    ['other flags of the tree of free pages', 'not a store', (store) => add(store, free(store) + OF_TREE.flags, 2, -8)],
  ])('is refused with %s', (_, words, change) => {
    expect(() => look(change)).toThrow(damaged(words));
  });

  it.each<[string, (store: Buffer) => void]>([
    ['a root that is another page', (store) => add(store, namedTree(store, 'chips') + OF_TREE.root, 8, 1)],
    ['a root that is a meta page', (store) => store.writeBigUInt64LE(1n, namedTree(store, 'chips') + OF_TREE.root)],
    ['a root beyond the file', (store) => add(store, namedTree(store, 'chips') + OF_TREE.root, 8, 1_000_000)],
    [
      'no root of a tree that has entries',
      (store) =>
        store.fill(0xff, namedTree(store, 'facts') + OF_TREE.root, namedTree(store, 'facts') + OF_TREE.root + 8),
    ],
    ['another depth', (store) => add(store, namedTree(store, 'chips') + OF_TREE.depth, 2, 1)],
    ['a depth of nothing', (store) => add(store, namedTree(store, 'devices') + OF_TREE.depth, 2, -1)],
    ['another count of branch pages', (store) => add(store, namedTree(store, 'chips') + OF_TREE.branchPages, 8, 1)],
    ['another count of leaf pages', (store) => add(store, namedTree(store, 'chips') + OF_TREE.leafPages, 8, 1)],
    ['another count of entries', (store) => add(store, namedTree(store, 'chips') + OF_TREE.entries, 8, -1)],
    ['a page with the number of another', (store) => add(store, leaf(store) + OF_PAGE.number, 8, 1)],
    ['a page of a commit to come', (store) => add(store, leaf(store) + OF_PAGE.commit, 8, 1_000_000)],
    ['a leaf that says it is a branch', (store) => store.writeUInt16LE(BRANCH, leaf(store) + OF_PAGE.flags)],
    ['a branch that says it is a leaf', (store) => store.writeUInt16LE(LEAF, chips(store) + OF_PAGE.flags)],
    ['a flag that no stored page has', (store) => add(store, leaf(store) + OF_PAGE.flags, 2, 0x4000)],
    ['offsets that end within one', (store) => add(store, leaf(store) + OF_PAGE.lower, 2, 1)],
    ['offsets beyond the nodes', (store) => store.writeUInt16LE(PAGE, leaf(store) + OF_PAGE.lower)],
    ['nodes beyond the page', (store) => store.writeUInt16LE(PAGE, leaf(store) + OF_PAGE.upper)],
    ['a gap between the nodes', (store) => add(store, leaf(store) + OF_PAGE.upper, 2, -2)],
    ['no offset on a page', (store) => store.writeUInt16LE(0, leaf(store) + OF_PAGE.lower)],
    ['an odd offset', (store) => add(store, leaf(store) + OF_PAGE.firstOffset, 2, 1)],
    ['an offset into the free space', (store) => store.writeUInt16LE(8, leaf(store) + OF_PAGE.firstOffset)],
    ['an offset at the end of the page', (store) => store.writeUInt16LE(PAGE - 26, leaf(store) + OF_PAGE.firstOffset)],
    ['data beyond the page', (store) => add(store, nodeAt(store, leaf(store), 0) + OF_NODE.size, 4, 4096)],
    ['shorter data', (store) => add(store, nodeAt(store, leaf(store), 0) + OF_NODE.size, 4, -2)],
    ['a longer key', (store) => add(store, nodeAt(store, leaf(store), 0) + OF_NODE.keySize, 2, 4096)],
    ['an empty key', (store) => store.writeUInt16LE(0, nodeAt(store, devices(store), 0) + OF_NODE.keySize)],
    [
      'data that should be on other pages',
      (store) => store.writeUInt16LE(1, nodeAt(store, leaf(store), 0) + OF_NODE.flags),
    ],
    ['data with duplicates', (store) => store.writeUInt16LE(4, nodeAt(store, leaf(store), 0) + OF_NODE.flags)],
    [
      'keys out of order on a page',
      (store) =>
        store.fill(0xff, nodeAt(store, leaf(store), 0) + OF_NODE.key, nodeAt(store, leaf(store), 0) + OF_NODE.key + 9),
    ],
    [
      'keys out of order between pages',
      (store) =>
        store.fill(
          0,
          nodeAt(store, leaf(store, 1), 0) + OF_NODE.key,
          nodeAt(store, leaf(store, 1), 0) + OF_NODE.key + 9,
        ),
    ],
    [
      'a bound above the keys that it is for',
      (store) =>
        store.fill(
          0xff,
          nodeAt(store, chips(store), 1) + OF_NODE.key,
          nodeAt(store, chips(store), 1) + OF_NODE.key + 1,
        ),
    ],
    ['a number twice', (store) => store.writeUInt32LE(1, nodeAt(store, devices(store), 2) + OF_NODE.key)],
    ['numbers out of order', (store) => store.writeUInt32LE(0x0100, nodeAt(store, devices(store), 2) + OF_NODE.key)],
    [
      'a page that is reached twice',
      (store) =>
        store.copy(
          store,
          nodeAt(store, chips(store), 1),
          nodeAt(store, chips(store), 0),
          nodeAt(store, chips(store), 0) + 4,
        ),
    ],
    ['a free page that is in use', (store) => store.writeBigUInt64LE(BigInt(leaf(store) / PAGE), freeList(store) + 8)],
    ['a free page beyond the file', (store) => store.writeBigUInt64LE(1_000_000n, freeList(store) + 8)],
    ['more free pages than are listed', (store) => add(store, freeList(store), 8, 100)],
    ['a page that is neither used nor free', (store) => store.writeBigUInt64LE(0n, freeList(store) + 8)],
    ['a run of free pages that has no end', (store) => store.writeBigInt64LE(-1_000_000_000n, freeList(store) + 8)],
  ])('is refused with %s', (_, change) => {
    expect(() => look(change)).toThrow(damaged('damaged at page'));
  });

  it('is refused with a page that is free and in use, where no other is left over', () => {
    expect(() =>
      look((store) => {
        const list = freeList(store);
        const numbers = Array.from({ length: Number(store.readBigInt64LE(list)) }, (_, index) =>
          Number(store.readBigInt64LE(list + 8 * (index + 1))),
        );
        // Two pages in a row become a run of three.
        const pair = numbers.findIndex((page, index) => page > 0 && numbers[index + 1] === page + 1);
        expect(pair).toBeGreaterThanOrEqual(0);
        store.writeBigInt64LE(-3n, list + 8 * (pair + 1));
        store.writeBigInt64LE(BigInt(numbers[pair] ?? 0), list + 8 * (pair + 2));
      }),
    ).toThrow(damaged('damaged at page'));
  });

  /** Where the first list of free pages begins: how many there are, and then their numbers. */
  function freeList(store: Buffer): number {
    const node = nodeAt(store, rootPage(store, free(store)), 0);
    return node + OF_NODE.key + store.readUInt16LE(node + OF_NODE.keySize);
  }
});

it('is sound while another process commits to it without end', async () => {
  const directory = mkdtempSync(join(scratch, 'busy-'));
  const serials = Array.from({ length: 400 }, (_, index) =>
    Uint8Array.of(1, 0x23, index >> 8, index, 0, 0, 0, 0, 0xee),
  );
  const devices = serials.map((serialNumber, index) => ({
    ...{ index, serialNumber, macTail: new Uint8Array(3), commonName: '', memory: new Uint8Array(MEMORY_SIZE) },
  }));
  await newStore(directory, { fleet: 'busy', runs: 0 }, devices);
  const file = join(directory, 'chips.mdb');
  const commits = `
    const { ChipStore } = await import(process.argv[1]);
    const store = ChipStore.open(process.argv[2], 'busy', 'write');
    const all = store.identities();
    for (let round = 0; ; round++) {
      const some = all.filter(({ index }) => index % 40 === round % 40);
      await Promise.all(some.map(({ serialNumber }) => store.commit(serialNumber, new Uint8Array(${MEMORY_SIZE}).fill(round))));
      if (round === 3) console.log('committing');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', commits, CHIP_STORE, file]);
  try {
    await once(child.stdout, 'data');
    for (let look = 0; look < 60; look++) requireDatabase(file);
    expect(child.exitCode).toBeNull();
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  // Killed in the middle of a commit.
  requireDatabase(file);
});

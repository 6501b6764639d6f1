/** Of a page; what lies behind it is counted from there (mdb.c PAGEBASE). */
export const PAGE_HEADER = 24;
const NODE_HEADER = 8;
/** Flags of a leaf's node: its data is on pages of its own; its data is the root of a tree. */
const [BIG_DATA, SUB_TREE] = [0x01, 0x02];
const BIG_DATA_BYTES = 24;

/** A key on a branch page, and the page below that has what is not less. */
export interface BranchNode {
  readonly key: Buffer;
  readonly child: number;
}

/** A key on a leaf page, and its data. */
export interface LeafNode {
  readonly key: Buffer;
  /** The data; of data on pages of its own, where those are. */
  readonly data: Buffer;
  readonly size: number;
  readonly kind: 'data' | 'big data' | 'tree';
}

/** Where the data of a `big data` node is. */
export function bigDataIn({ data }: LeafNode): { readonly page: number; readonly pages: number } {
  return { page: Number(data.readBigUInt64LE(0)), pages: Number(data.readBigUInt64LE(16)) };
}

/** The nodes of a branch page in their order; undefined when they do not fit together. */
export function branchNodes(page: Buffer): BranchNode[] | undefined {
  return nodesOf(page, (at) => {
    const keySize = page.readUInt16LE(at + 6);
    const child = page.readUInt32LE(at) + page.readUInt16LE(at + 4) * 2 ** 32;
    return { node: { key: keyOf(page, at, keySize), child }, length: NODE_HEADER + keySize };
  });
}

/** The nodes of a leaf page in their order; undefined when they do not fit together. */
export function leafNodes(page: Buffer): LeafNode[] | undefined {
  return nodesOf(page, (at) => {
    const [size, flags, keySize] = [page.readUInt32LE(at), page.readUInt16LE(at + 4), page.readUInt16LE(at + 6)];
    if (![0, BIG_DATA, SUB_TREE].includes(flags)) return undefined;
    const stored = flags === BIG_DATA ? BIG_DATA_BYTES : size;
    const from = at + NODE_HEADER + keySize;
    const kind = flags === BIG_DATA ? 'big data' : flags === SUB_TREE ? 'tree' : 'data';
    const node = { key: keyOf(page, at, keySize), data: page.subarray(from, from + stored), size, kind } as const;
    return { node, length: NODE_HEADER + keySize + stored };
  });
}

function keyOf(page: Buffer, at: number, size: number): Buffer {
  return page.subarray(at + NODE_HEADER, at + NODE_HEADER + size);
}

/** Offsets grow from the page's beginning, nodes from its end without a gap, each of an even length (mdb.c MDB_page). */
function nodesOf<T>(page: Buffer, nodeAt: (at: number) => { node: T; length: number } | undefined): T[] | undefined {
  const room = page.length - PAGE_HEADER;
  const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)];
  if (lower % 2 !== 0 || lower > upper || upper > room) return undefined;
  const nodes: T[] = [];
  let used = 0;
  for (let at = PAGE_HEADER; at < PAGE_HEADER + lower; at += 2) {
    const offset = page.readUInt16LE(at);
    if (offset % 2 !== 0 || offset < upper || offset + NODE_HEADER > room) return undefined;
    const found = nodeAt(PAGE_HEADER + offset);
    if (found === undefined || offset + found.length > room) return undefined;
    nodes.push(found.node);
    used += found.length + (found.length % 2);
  }
  return used === room - upper ? nodes : undefined;
}

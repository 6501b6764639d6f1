import { basename } from 'node:path';

/** What an LMDB file of this program holds. */
export interface StoreKind {
  /** For people: `the store of the chips`. */
  readonly called: string;
  /** One of its kind: `a store of chips`. */
  readonly one: string;
  /** What it is a part of. */
  readonly whole: string;
  /** Why it must be writable. */
  readonly writes: string;
  /** Its trees, and the flags that each was made with. */
  readonly trees: Readonly<Record<string, number>>;
}

/** lmdb.h MDB_INTEGERKEY: keys are numbers of 4 or 8 bytes. */
export const INTEGER_KEYS = 0x08;

const CHIPS: StoreKind = {
  called: 'the store of the chips',
  one: 'a store of chips',
  whole: 'the fleet',
  writes: 'A run writes to its chips, and the export of a part claims them.',
  trees: { chips: 0, devices: INTEGER_KEYS, facts: 0 },
};
const KINDS: Readonly<Record<string, StoreKind>> = {
  'chips.mdb': CHIPS,
  'cloud.mdb': {
    called: 'the store of the cloud',
    one: 'the store of a cloud',
    whole: 'the state of the cloud',
    writes: 'A cloud writes down what it answers.',
    trees: { facts: 0, records: 0 },
  },
};

/** A file's name says what it holds; one that was set aside has another, and held chips. */
export function storeKindOf(file: string): StoreKind {
  return KINDS[basename(file)] ?? CHIPS;
}

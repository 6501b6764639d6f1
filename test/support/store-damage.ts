import type { Rng } from '../../emulator/rng/index.ts';
import { HEADER, PAGE } from './lmdb-pages.ts';

type Damage = (store: Buffer, page: number, rng: Rng) => void;

const flip = (store: Buffer, at: number, rng: Rng) => {
  store[at] = (store[at] ?? 0) ^ (1 << Math.floor(rng.fraction() * 8));
};
const upTo = (rng: Rng, end: number) => Math.floor(rng.fraction() * end);

/** What disks, memory and people do to a page of a store: `page` is where it begins. */
export const DAMAGES: Readonly<Record<string, Damage>> = {
  'a bit that flipped': (store, page, rng) => flip(store, page + upTo(rng, PAGE), rng),
  'a bit that flipped in the header or the offsets': (store, page, rng) =>
    flip(store, page + upTo(rng, HEADER + 16), rng),
  'some random bytes': (store, page, rng) => store.set(rng.bytes(1 + upTo(rng, 16)), page + upTo(rng, PAGE - 16)),
  'a page of zeros': (store, page) => store.fill(0, page, page + PAGE),
  'a page of random bytes': (store, page, rng) => store.set(rng.bytes(PAGE), page),
  'random bytes under a sound header': (store, page, rng) => store.set(rng.bytes(PAGE - HEADER), page + HEADER),
  'another page in its place': (store, page, rng) => {
    const other = PAGE * upTo(rng, store.length / PAGE);
    store.copy(store, page, other, other + PAGE);
  },
};

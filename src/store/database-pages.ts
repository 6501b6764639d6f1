import { readSync } from 'node:fs';
import type { EmuError } from '../../emulator/errors.ts';
import { pageFlagsIn, pageNumberIn, pageTransactionIn, type Snapshot } from './database-header.ts';
import { PAGE_HEADER } from './database-page.ts';
import { damaged } from './failures.ts';
import { storeKindOf } from './store-kind.ts';

export const PAGE_KIND = { branch: 0x01, leaf: 0x02, overflow: 0x04 } as const;
/** Behind the two meta pages. */
const FIRST_PAGE = 2;

/** The pages of a database, each of which is used once: in one place of one tree, or in the list of those that are free. */
export class DatabasePages {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #snapshot: Snapshot;
  readonly #used = new Set<number>();

  constructor(file: string, descriptor: number, snapshot: Snapshot) {
    this.#file = file;
    this.#descriptor = descriptor;
    this.#snapshot = snapshot;
  }

  /** Reads a page of a tree. @throws EmuError EMU_E_FLEET_DAMAGED */
  read(page: number, kind: keyof typeof PAGE_KIND): Buffer {
    this.use(page);
    const bytes = this.#bytes(page, this.#snapshot.pageSize);
    const isSound =
      pageNumberIn(bytes) === page &&
      pageTransactionIn(bytes) <= this.#snapshot.transaction &&
      pageFlagsIn(bytes) === PAGE_KIND[kind];
    if (!isSound) throw this.damage(page);
    return bytes;
  }

  /** Reads data that has pages of its own; the first of them alone has a header. @throws EmuError EMU_E_FLEET_DAMAGED */
  readBigData(page: number, pages: number, size: number): Buffer {
    const { pageSize } = this.#snapshot;
    const first = this.read(page, 'overflow');
    if (first.readUInt32LE(20) !== pages || PAGE_HEADER + size > pages * pageSize) throw this.damage(page);
    for (let next = page + 1; next < page + pages; next++) this.use(next);
    return this.#bytes(page, PAGE_HEADER + size).subarray(PAGE_HEADER);
  }

  /** Notes that a page is used. @throws EmuError EMU_E_FLEET_DAMAGED when there is no such page, or it is used elsewhere */
  use(page: number): void {
    if (!(page >= FIRST_PAGE && page <= this.#snapshot.lastPage) || this.#used.has(page)) throw this.damage(page);
    this.#used.add(page);
  }

  /** @throws EmuError EMU_E_FLEET_DAMAGED when a page is neither in a tree nor free */
  requireAllUsed(): void {
    for (let page = FIRST_PAGE; page <= this.#snapshot.lastPage; page++) {
      if (!this.#used.has(page)) throw this.damage(page);
    }
  }

  damage(page: number): EmuError {
    return damaged(this.#file, `${storeKindOf(this.#file).called} is damaged at page ${page}`);
  }

  #bytes(page: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    if (readSync(this.#descriptor, bytes, 0, length, page * this.#snapshot.pageSize) < length) throw this.damage(page);
    return bytes;
  }
}

/** Where the state of a cloud is kept beyond its process. */
export interface Keeper {
  /** All that was kept when it was opened. */
  readonly entries: Map<string, string>;
  put(key: string, text: string): void;
  remove(key: string): void;
  /** Resolves when all that was written until now lasts. */
  lasting(): Promise<void>;
  /** Rejects when something cannot be stored. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** Values of one kind, by their keys. What is put in is plain data, and is never changed in place. */
export interface Table<T> {
  readonly size: number;
  get(key: string): T | undefined;
  put(key: string, value: T): void;
  remove(key: string): void;
  values(): IterableIterator<T>;
}

/** Ends the name of a table in a key: no host name and no id has it. */
const SEPARATOR = ' ';

/**
 * All that a cloud knows, in memory, and what of it lasts: a change is in memory at once, and whoever answers for it
 * waits for `lasting()` first.
 */
export class State {
  readonly #keeper: Keeper | undefined;
  readonly #kept: Map<string, string>;

  /** @param keeper where it lasts; without one it ends with the process */
  constructor(keeper?: Keeper) {
    this.#keeper = keeper;
    this.#kept = keeper?.entries ?? new Map();
  }

  /** The table of this name, with what was kept of it; to be asked for once. */
  table<T>(name: string): Table<T> {
    const prefix = `${name}${SEPARATOR}`;
    const values = new Map<string, T>();
    for (const [key, text] of this.#kept) {
      if (!key.startsWith(prefix)) continue;
      values.set(key.slice(prefix.length), JSON.parse(text) as T);
      this.#kept.delete(key);
    }
    const keeper = this.#keeper;
    return {
      get size() {
        return values.size;
      },
      get: (key) => values.get(key),
      put(key, value) {
        values.set(key, value);
        keeper?.put(prefix + key, JSON.stringify(value));
      },
      remove(key) {
        if (values.delete(key)) keeper?.remove(prefix + key);
      },
      values: () => values.values(),
    };
  }

  /** Resolves when all that was changed until now lasts. */
  lasting(): Promise<void> {
    return this.#keeper?.lasting() ?? Promise.resolve();
  }

  /** Rejects when something cannot be stored: nothing may be answered from then on. */
  get failed(): Promise<never> {
    return this.#keeper?.failed ?? new Promise(() => {});
  }

  async close(): Promise<void> {
    await this.#keeper?.close();
  }
}

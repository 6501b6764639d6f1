import { closeSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 2;

/** Follows a log file as it grows. */
export class LogTail {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(1 << 16);
  readonly #places = new Map<string, { found: number; from: number }>();
  #text = '';
  #closed = false;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  /** How many times `phrase` has been logged since the beginning. */
  count(phrase: string): number {
    this.#read();
    const place = this.#places.get(phrase) ?? { found: 0, from: 0 };
    this.#places.set(phrase, place);
    for (let at = this.#text.indexOf(phrase, place.from); at !== -1; at = this.#text.indexOf(phrase, place.from)) {
      place.found += 1;
      place.from = at + phrase.length;
    }
    return place.found;
  }

  /** Resolves once `phrase` has been logged `times` times since the beginning. */
  async until(phrase: string, times: number): Promise<void> {
    while (!this.#closed && this.count(phrase) < times) await delay(LOOK_EVERY_MS);
  }

  close(): void {
    this.#closed = true;
    closeSync(this.#file);
  }

  #read(): void {
    for (let length = -1; length !== 0; ) {
      length = readSync(this.#file, this.#buffer);
      this.#text += this.#buffer.toString('latin1', 0, length);
    }
  }
}

import { closeSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 2;

/** Follows a log file as it grows. */
export class LogTail {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(1 << 16);
  #text = '';
  #closed = false;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  /** Resolves once `phrase` has been logged `times` times since the beginning. */
  async until(phrase: string, times: number): Promise<void> {
    let found = 0;
    let from = 0;
    while (!this.#closed) {
      this.#read();
      for (let at = this.#text.indexOf(phrase, from); at !== -1; at = this.#text.indexOf(phrase, from)) {
        found += 1;
        from = at + phrase.length;
      }
      if (found >= times) return;
      await delay(LOOK_EVERY_MS);
    }
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

const LF = 0x0a;
const CR = 0x0d;

/** What stands before a line's end, or that it was longer than it may be. */
export type Line = Uint8Array | 'too long';

export interface LineReaderOptions {
  /** The longest line in bytes, its end not counted. */
  readonly limit: number;
  /** A byte that means nothing wherever it stands. */
  readonly ignored?: number;
}

/** Cuts a stream into lines that end in LF or CR LF, however its bytes arrive. Never holds more than one line. */
export class LineReader {
  readonly #ignored: number | undefined;
  readonly #line: Uint8Array;
  #length = 0;

  constructor({ limit, ignored }: LineReaderOptions) {
    this.#ignored = ignored;
    // One more for the CR that may stand before LF.
    this.#line = new Uint8Array(limit + 1);
  }

  /** The lines that end in `bytes`. What is behind the last of them is kept for the next call. */
  *take(bytes: Uint8Array): Generator<Line> {
    for (const byte of bytes) {
      if (byte === LF) yield this.#end();
      else if (byte !== this.#ignored) this.#append(byte);
    }
  }

  #append(byte: number): void {
    // A longer line is counted, so that its end can report it; typed arrays drop what is written behind them.
    this.#line[this.#length++] = byte;
  }

  #end(): Line {
    const limit = this.#line.length - 1;
    const length = this.#line[this.#length - 1] === CR ? this.#length - 1 : this.#length;
    this.#length = 0;
    return length > limit ? 'too long' : this.#line.slice(0, length);
  }
}

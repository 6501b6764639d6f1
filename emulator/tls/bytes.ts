import { Refused } from './failure.ts';

/** Reads the presentation language of RFC 5246 4; running over the end refuses the message as malformed. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #offset = 0;

  /** `what` names the message in the refusal. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get offset(): number {
    return this.#offset;
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  uint8(): number {
    return this.uint(1);
  }

  uint16(): number {
    return this.uint(2);
  }

  /** A big-endian number of `length` bytes. */
  uint(length: number): number {
    let value = 0;
    for (const byte of this.take(length)) value = value * 256 + byte;
    return value;
  }

  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw this.malformed('is shorter than its contents');
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }

  /** A vector whose length stands in `lengthBytes` bytes before it. */
  vector(lengthBytes: number): Uint8Array {
    return this.take(this.uint(lengthBytes));
  }

  end(): void {
    if (!this.atEnd) throw this.malformed('is longer than its contents');
  }

  malformed(complaint: string): Refused {
    return new Refused('malformed_message', `the server's ${this.#what} ${complaint}`);
  }
}

/** The big-endian bytes of a number. */
export function uint(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = length - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest & 0xff;
  return bytes;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** The contents with their length in `lengthBytes` bytes before them. */
export function vector(lengthBytes: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  return concat(uint(length, lengthBytes), ...contents);
}

/** A vector of 16-bit numbers. */
export function uint16Vector(values: readonly number[]): Uint8Array {
  return vector(2, ...values.map((value) => uint(value, 2)));
}

import { allocate } from '../crypto/index.ts';
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
    const end = this.#advance(length);
    let value = 0;
    for (let at = end - length; at < end; at++) value = value * 256 + (this.#bytes[at] as number);
    return value;
  }

  take(length: number): Uint8Array {
    const end = this.#advance(length);
    return this.#bytes.subarray(end - length, end);
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

  #advance(length: number): number {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw this.malformed('is shorter than its contents');
    this.#offset = end;
    return end;
  }
}

export function uint16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

export function putUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
}

/** The big-endian bytes of a number. */
export function uint(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  putUint(bytes, 0, value, length);
  return bytes;
}

export function putUint(bytes: Uint8Array, at: number, value: number, length: number): void {
  for (let i = at + length - 1, rest = value; i >= at; i--, rest = Math.floor(rest / 256)) bytes[i] = rest & 0xff;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = allocate(lengthOf(parts));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

export function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

/** The contents with their length in `lengthBytes` bytes before them. */
export function vector(lengthBytes: number, ...contents: readonly Uint8Array[]): Uint8Array {
  return concat(uint(lengthOf(contents), lengthBytes), ...contents);
}

/** A vector of 16-bit numbers. */
export function uint16Vector(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(2 + 2 * values.length);
  putUint16(bytes, 0, 2 * values.length);
  for (const [index, value] of values.entries()) putUint16(bytes, 2 + 2 * index, value);
  return bytes;
}

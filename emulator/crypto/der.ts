import { EmuError } from '../errors.ts';

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `offset` is counted from the first byte of the value that holds the element. */
function malformed(message: string, offset?: number): EmuError {
  return new EmuError('EMU_E_DER_MALFORMED', message, { value: offset });
}

/** One element of DER (X.690), its content not yet looked into. Its bytes are views of those read. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content as they stood. */
  readonly whole: Uint8Array;
}

/** Reads the elements of a DER value one after the other; single-byte tags, definite lengths in shortest form. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  /** True when the next element has this tag. */
  isNext(tag: number): boolean {
    return this.#bytes[this.#offset] === tag;
  }

  next(): DerElement {
    const start = this.#offset;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) throw malformed('a multi-byte tag', start);
    const first = this.#byte();
    let length = first;
    if (first >= 0x80) {
      const octets = first & 0x7f;
      if (octets === 0 || octets > 3) throw malformed(`a length of ${octets} octets`, start);
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + this.#byte();
      if (length < 0x80 || length < 2 ** (8 * (octets - 1)))
        throw malformed('a length that is not in its shortest form', start);
    }
    const end = this.#offset + length;
    if (end > this.#bytes.length) {
      throw malformed(`an element of ${length} bytes that ends after its container`, start);
    }
    const content = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return { tag, content, whole: this.#bytes.subarray(start, end) };
  }

  /** The next element, which must have this tag. */
  expect(tag: number): DerElement {
    const element = this.next();
    if (element.tag !== tag) throw malformed(`tag ${element.tag} where ${tag} belongs`);
    return element;
  }

  /** A reader of the next element's content, which must have this tag. */
  enter(tag: number): DerReader {
    return new DerReader(this.expect(tag).content);
  }

  /** The next element if it has this tag. */
  optional(tag: number): DerElement | undefined {
    return this.isNext(tag) ? this.next() : undefined;
  }

  /** The elements that are left. */
  rest(): readonly DerElement[] {
    const elements: DerElement[] = [];
    while (!this.atEnd) elements.push(this.next());
    return elements;
  }

  end(): void {
    if (!this.atEnd) throw malformed('bytes after the last element', this.#offset);
  }

  #byte(): number {
    const byte = this.#bytes[this.#offset];
    if (byte === undefined) throw malformed('an element without an end', this.#offset);
    this.#offset++;
    return byte;
  }
}

/** The dotted text of an OBJECT IDENTIFIER's content. */
export function objectIdentifier(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 128) throw malformed('an object identifier with a huge arc');
    if (byte < 0x80) {
      if (arcs.length === 0) {
        const top = Math.min(Math.floor(arc / 40), 2);
        arcs.push(top, arc - 40 * top);
      } else arcs.push(arc);
      arc = 0;
    }
  }
  if (arcs.length === 0 || (content.at(-1) ?? 0) >= 0x80) throw malformed('an object identifier without an end');
  return arcs.join('.');
}

/** Where the shortest form of the 32-byte number at `start` begins. */
function firstDigit(signature: Uint8Array, start: number): number {
  let first = start;
  while (first < start + 31 && signature[first] === 0) first++;
  return first;
}

/** ECDSA-Sig-Value: 64 bytes R||S as the two INTEGERs that X.509 and TLS carry (RFC 3279 2.2.3). */
export function ecdsaSignatureDer(signature: Uint8Array): Uint8Array {
  const out = new Uint8Array(72);
  let length = 2;
  for (const start of [0, 32]) {
    const first = firstDigit(signature, start);
    // A leading one bit would make the INTEGER negative.
    const sign = (signature[first] ?? 0) >> 7;
    const digits = start + 32 - first;
    out[length] = derTag.integer;
    out[length + 1] = sign + digits;
    out.set(signature.subarray(first, start + 32), length + 2 + sign);
    length += 2 + sign + digits;
  }
  out[0] = derTag.sequence;
  out[1] = length - 2;
  return out.subarray(0, length);
}

/** What the program headers of an ELF file say about who speaks to the kernel for it. */
export interface ElfTraits {
  /** It names a dynamic linker, which is what puts other libraries under it. */
  readonly hasInterpreter: boolean;
  /** It has the note of Go's linker. */
  readonly isGo: boolean;
}

/** Reads bytes of a file; fewer at its end. */
export type ReadAt = (position: number, length: number) => Buffer;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

const MAGIC = Buffer.from('\x7fELF', 'latin1');
const CLASS_64 = 2;
const BIG_ENDIAN = 2;
const [PT_INTERP, PT_NOTE] = [3, 4];
const HEADER = 64;
/** Name and its zero byte, in the padding of a note. */
const GO = Buffer.from('Go\0\0');
/** More than the notes of any program. */
const MOST_NOTES = 65_536;

/** As the System V ABI's chapters 4 and 5 have the file. Undefined where it is none, or a damaged one. */
export function elfTraits(readAt: ReadAt): ElfTraits | undefined {
  const header = readAt(0, HEADER);
  if (header.length < HEADER || !header.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const read = integersOf(header[5] === BIG_ENDIAN);
  const segments = segmentsOf(header, readAt, read);
  const isGoNote = ({ type, offset, size }: Segment) =>
    type === PT_NOTE && hasNoteOfGo(readAt(offset, Math.min(size, MOST_NOTES)), read);
  return { hasInterpreter: segments.some(({ type }) => type === PT_INTERP), isGo: segments.some(isGoNote) };
}

interface Integers {
  half(bytes: Buffer, at: number): number;
  word(bytes: Buffer, at: number): number;
  long(bytes: Buffer, at: number): number;
}

function integersOf(bigEndian: boolean): Integers {
  return {
    half: (bytes, at) => (bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)),
    word: (bytes, at) => (bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)),
    long: (bytes, at) => Number(bigEndian ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at)),
  };
}

function segmentsOf(header: Buffer, readAt: ReadAt, { half, word, long }: Integers): Segment[] {
  const is64 = header[4] === CLASS_64;
  const at = is64 ? long(header, 32) : word(header, 28);
  const size = half(header, is64 ? 54 : 42);
  const count = half(header, is64 ? 56 : 44);
  if (size !== (is64 ? 56 : 32)) return [];
  const table = readAt(at, size * count);
  const segments: Segment[] = [];
  for (let start = 0; start + size <= table.length; start += size) {
    const entry = table.subarray(start, start + size);
    segments.push({
      type: word(entry, 0),
      offset: is64 ? long(entry, 8) : word(entry, 4),
      size: is64 ? long(entry, 32) : word(entry, 16),
    });
  }
  return segments;
}

/** Each note is the lengths of its name and description, a type, and both, padded to four bytes. */
function hasNoteOfGo(notes: Buffer, { word }: Integers): boolean {
  const padded = (length: number) => Math.ceil(length / 4) * 4;
  for (let at = 0; at + 12 <= notes.length; ) {
    const name = notes.subarray(at + 12, at + 12 + word(notes, at));
    if (name.equals(GO)) return true;
    at += 12 + padded(word(notes, at)) + padded(word(notes, at + 4));
  }
  return false;
}

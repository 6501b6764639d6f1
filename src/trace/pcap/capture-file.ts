import { closeSync, lstatSync, openSync, readSync } from 'node:fs';
import { EmuError } from '../../../emulator/errors.ts';
import { fileTrouble } from '../../base/index.ts';
import { GrowingFile } from '../growing-file.ts';
import { fileHeader, SECTION_HEADER } from './pcapng.ts';

/** A pcapng file, of the blocks that the captures of a run make. It decrypts itself, so it is its owner's alone. */
export class CaptureFile {
  readonly #file: GrowingFile;

  /** Begins the file, in place of an earlier capture alone. @throws EmuError EMU_E_USAGE_OUT */
  constructor(path: string, onFailure: (error: EmuError) => void) {
    requireCaptureOrNothing(path);
    this.#file = new GrowingFile(path, { isSecret: true, onFailure });
    this.#file.write(fileHeader());
  }

  /** Whole blocks. */
  write(blocks: Uint8Array): void {
    this.#file.write(blocks);
  }

  close(): void {
    this.#file.close();
  }
}

/** What is replaced is deleted: a path that was mistyped, or a shell's pattern, must not cost somebody's file. */
function requireCaptureOrNothing(path: string): void {
  const refused = (message: string, cause?: unknown) =>
    new EmuError('EMU_E_USAGE_OUT', message, {
      value: path,
      hint: 'Name a new file, or delete this one first.',
      cause,
    });
  let type: number | undefined;
  try {
    type = typeOfFirstBlock(path);
  } catch (cause) {
    throw refused(`cannot read ${path}: ${fileTrouble(cause)}`, cause);
  }
  if (type !== undefined && type !== SECTION_HEADER)
    throw refused(`${path} is there already and is not a pcapng capture`);
}

/** Undefined where there is no file, or nothing in it. */
function typeOfFirstBlock(path: string): number | undefined {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (!there?.isFile() || there.size === 0) return undefined;
  const type = Buffer.alloc(4);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, type);
  } finally {
    closeSync(descriptor);
  }
  return type.readUInt32LE();
}

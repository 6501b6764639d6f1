import type { EmuError } from '../../../emulator/errors.ts';
import { GrowingFile } from '../growing-file.ts';
import { fileHeader } from './pcapng.ts';

/** A pcapng file, of the blocks that the captures of a run make. It decrypts itself, so it is its owner's alone. */
export class CaptureFile {
  readonly #file: GrowingFile;

  /** Begins the file. @throws EmuError EMU_E_USAGE_OUT */
  constructor(path: string, onFailure: (error: EmuError) => void) {
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

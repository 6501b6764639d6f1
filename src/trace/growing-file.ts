import { closeSync, openSync, writeSync } from 'node:fs';
import { EmuError } from '../../emulator/errors.ts';
import { fileTrouble, openSecret } from '../base/index.ts';

/** Held back before it is written, at most. */
const HELD_BYTES = 65_536;
/** For readers who follow the file as it grows. */
const FLUSH_MS = 1000;

export interface GrowingFileOptions {
  /** Its contents are for its owner alone. */
  readonly isSecret?: boolean;
  /** Called once, when the file can be written no further. */
  readonly onFailure: (error: EmuError) => void;
}

/**
 * A file that grows through a run. It is written without waiting, so that it keeps its order and never more than 64 KiB
 * in memory. What cannot be written ends the file, not the run.
 */
export class GrowingFile {
  readonly #path: string;
  readonly #onFailure: (error: EmuError) => void;
  readonly #held = Buffer.allocUnsafe(HELD_BYTES);
  readonly #timer: NodeJS.Timeout;
  #length = 0;
  #descriptor: number | undefined;

  /** Begins the file anew. @throws EmuError EMU_E_USAGE_OUT */
  constructor(path: string, { isSecret = false, onFailure }: GrowingFileOptions) {
    this.#path = path;
    this.#onFailure = onFailure;
    this.#descriptor = opened(path, isSecret);
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS).unref();
  }

  write(data: Uint8Array | string): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    if (this.#length + bytes.length > HELD_BYTES) this.#flush();
    if (bytes.length > HELD_BYTES) {
      this.#append(bytes);
      return;
    }
    this.#held.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  close(): void {
    this.#flush();
    this.#end();
  }

  #flush(): void {
    const bytes = this.#held.subarray(0, this.#length);
    this.#length = 0;
    this.#append(bytes);
  }

  #append(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length && this.#descriptor !== undefined; ) {
        done += writeSync(this.#descriptor, bytes, done);
      }
    } catch (cause) {
      this.#end();
      this.#onFailure(
        new EmuError('EMU_E_TRACE', `cannot write ${this.#path} any further: ${fileTrouble(cause)}`, {
          value: this.#path,
          hint: 'The run goes on without it. Make room or correct the permissions, and run again.',
          cause,
        }),
      );
    }
  }

  #end(): void {
    clearInterval(this.#timer);
    if (this.#descriptor === undefined) return;
    try {
      closeSync(this.#descriptor);
    } finally {
      this.#descriptor = undefined;
    }
  }
}

function opened(path: string, isSecret: boolean): number {
  try {
    return isSecret ? openSecret(path) : openSync(path, 'w');
  } catch (cause) {
    throw new EmuError('EMU_E_USAGE_OUT', `cannot write ${path}: ${fileTrouble(cause)}`, {
      value: path,
      hint: 'Name a file that you may write to.',
      cause,
    });
  }
}

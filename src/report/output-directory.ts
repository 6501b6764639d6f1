import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmuError } from '../../emulator/errors.ts';
import { fileTrouble, makeDirectory } from '../base/index.ts';

/** The directory that `--out` names. */
export class OutputDirectory {
  readonly #directory: string;
  readonly #remove: () => void;

  /**
   * Makes the directory and writes into it, so that a run does not end with nowhere to put its results.
   * @param result the file that says that an earlier run's results are here, which are not replaced
   * @throws EmuError EMU_E_USAGE_OUT
   */
  constructor(directory: string, result: string) {
    const earlier = join(directory, result);
    if (existsSync(earlier)) {
      throw new EmuError('EMU_E_USAGE_OUT', `--out: the result of an earlier run is in ${earlier}`, {
        value: directory,
        hint: 'Name another directory, or move that file away.',
      });
    }
    this.#directory = directory;
    // biome-ignore lint/style/noRestrictedGlobals: a name that no other process takes.
    const probe = join(directory, `.emu-${process.pid}`);
    let remove = () => {};
    try {
      remove = makeDirectory(directory);
      try {
        writeFileSync(probe, 'can this be written?');
      } finally {
        rmSync(probe, { force: true });
      }
    } catch (cause) {
      remove();
      throw new EmuError('EMU_E_USAGE_OUT', `--out: cannot write into ${directory}: ${fileTrouble(cause)}`, {
        value: directory,
        hint: 'Name a directory that you may write into; it is created when it does not exist.',
        cause,
      });
    }
    this.#remove = remove;
  }

  /** Removes the directory again, and those above it, where they were made here and are empty. */
  discard(): void {
    this.#remove();
  }

  /** Of a file in it. */
  pathOf(name: string): string {
    return join(this.#directory, name);
  }

  /**
   * Replaces `name` as a whole: a reader finds the old text or the new one, even after a crash. Returns its path.
   * @throws EmuError EMU_E_OUT
   */
  write(name: string, text: string): string {
    const path = this.pathOf(name);
    // biome-ignore lint/style/noRestrictedGlobals: a name that no other process takes.
    const partial = `${path}.${process.pid}.partial`;
    try {
      const descriptor = openSync(partial, 'w');
      try {
        writeFileSync(descriptor, text);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(partial, path);
    } catch (cause) {
      rmSync(partial, { force: true });
      throw new EmuError('EMU_E_OUT', `cannot write ${path}: ${fileTrouble(cause)}`, {
        value: path,
        hint: 'The summary above is complete; make room or correct the permissions, and copy it from there.',
        cause,
      });
    }
    return path;
  }
}

import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectory, makeOutDirectory, outRefused } from '../base/index.ts';
import type { BrokerFile } from './set-up.ts';

const MODES = { secret: 0o600, program: 0o755, plain: 0o644 } as const;

/**
 * Writes files into a new or empty directory: no key is replaced. A name may have a directory in it. On failure all that was
 * made is removed.
 * @throws EmuError EMU_E_USAGE_OUT
 */
export function writeFiles(directory: string, files: readonly BrokerFile[]): void {
  const undo = [makeOutDirectory(directory)];
  try {
    for (const { name, text, kind = 'plain' } of files) {
      const path = join(directory, name);
      undo.push(makeDirectory(dirname(path)));
      const descriptor = openSync(path, 'wx', MODES[kind]);
      undo.push(() => rmSync(path, { force: true }));
      try {
        writeFileSync(descriptor, text);
      } finally {
        closeSync(descriptor);
      }
    }
  } catch (cause) {
    for (const each of undo.reverse()) each();
    throw outRefused(directory, cause);
  }
}

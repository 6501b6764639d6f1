import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmuError } from '../../emulator/errors.ts';
import { fileTrouble, makeDirectory } from '../base/index.ts';
import type { BrokerFile } from './set-up.ts';

const MODES = { secret: 0o600, program: 0o755, plain: 0o644 } as const;

/**
 * Writes files into a new or empty directory: no key is replaced.
 * @throws EmuError EMU_E_USAGE_OUT
 */
export function writeFiles(directory: string, files: readonly BrokerFile[]): void {
  try {
    makeDirectory(directory);
    const [other] = readdirSync(directory);
    if (other !== undefined) throw refused(directory, `it is not empty: ${other}`);
    for (const { name, text, kind = 'plain' } of files) {
      writeFileSync(join(directory, name), text, { mode: MODES[kind], flag: 'wx' });
    }
  } catch (cause) {
    if (cause instanceof EmuError) throw cause;
    throw refused(directory, fileTrouble(cause), cause);
  }
}

function refused(directory: string, why: string, cause?: unknown): EmuError {
  return new EmuError('EMU_E_USAGE_OUT', `--out: cannot write into ${directory}: ${why}`, {
    value: directory,
    hint: 'Name a directory that is empty, or one that does not exist yet.',
    cause,
  });
}

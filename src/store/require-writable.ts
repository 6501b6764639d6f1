import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmuError } from '../../emulator/errors.ts';
import { fileTrouble } from '../base/index.ts';
import { lockFileOf } from './lock-file.ts';
import { storeKindOf } from './store-kind.ts';

/** LMDB writes to a store, to its file of locks and beside both. @throws EmuError EMU_E_FLEET_READ_ONLY */
export function requireWritable(file: string): void {
  const lock = lockFileOf(file);
  const { whole, writes } = storeKindOf(file);
  for (const path of [file, dirname(file), ...(existsSync(lock) ? [lock] : [])]) {
    try {
      accessSync(path, constants.W_OK);
    } catch (cause) {
      throw new EmuError('EMU_E_FLEET_READ_ONLY', `${whole} cannot be written: ${path}: ${fileTrouble(cause)}`, {
        value: path,
        hint: `${writes} Correct the permissions, or copy ${whole} to where you may write.`,
        cause,
      });
    }
  }
}

import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';
import { writeFailed } from './failures.ts';
import { nameBeside } from './files.ts';

/** LMDB makes one of 8272 bytes, and takes a longer one for a table of more readers. */
const BYTES = 12 * 1024;

/**
 * Makes the file in which LMDB keeps its locks. LMDB itself makes one without blocks, which it maps: the first access is
 * SIGBUS when the disk is full. It is whole as soon as it has its name, since another process may open it then.
 * @throws EmuError EMU_E_STORE_WRITE
 */
export function makeLockFile(store: string): void {
  const file = lockFileOf(store);
  if (existsSync(file)) return;
  const zeros = nameBeside(file);
  try {
    writeFileSync(zeros, new Uint8Array(BYTES), { flag: 'wx', mode: 0o600 });
    link(zeros, file);
  } catch (cause) {
    // Who may not write reads without one.
    if (!['EACCES', 'EROFS'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw writeFailed(file, cause);
  } finally {
    rmSync(zeros, { force: true });
  }
}

function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {} // another process was faster, or the file system has no links: then LMDB makes its own
}

export function lockFileOf(store: string): string {
  return `${store}-lock`;
}

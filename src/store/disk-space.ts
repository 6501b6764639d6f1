import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { nameBeside } from './files.ts';

/** What a commit writes besides its devices: the pages above them, of free pages, and of LMDB's own. */
const COMMIT_BYTES = 64 * 1024;
/** A memory has 1404 bytes, and makes at most one page more. */
const DEVICE_BYTES = 4096;

/**
 * Finds out whether the disk has room for a commit, by writing as much and giving it back, so that quotas count, too. LMDB
 * that finds out itself prints what it was doing, and dies of it while it opens a new store.
 * @throws the system's error
 */
export function requireDiskSpace(store: string, devices = 0): void {
  const path = nameBeside(store);
  const descriptor = openSync(path, 'wx', 0o600);
  rmSync(path); // nothing is left behind, whenever the process ends
  try {
    writeFileSync(descriptor, new Uint8Array(COMMIT_BYTES + devices * DEVICE_BYTES));
  } finally {
    closeSync(descriptor);
  }
}

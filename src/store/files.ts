import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFailed } from './failures.ts';

/** What a fleet's directory holds. */
export function fleetPaths(directory: string) {
  return {
    /** What the fleet is; anyone may read it. */
    fleet: join(directory, 'fleet.yaml'),
    /** The private keys of its CAs; the owner alone may read it. A shard has none. */
    keys: join(directory, 'keys.yaml'),
    /** The chips' memories; the owner alone may read it. */
    chips: join(directory, 'chips.mdb'),
    /** One file for every process that works with the fleet. */
    locks: join(directory, 'locks'),
  };
}

/** What the directory of a cloud's state holds. */
export function cloudPaths(directory: string) {
  return {
    /** That it is one; anyone may read it. */
    cloud: join(directory, 'cloud.yaml'),
    /** Enrollments, registrations, devices, twins and messages; the owner alone may read it. */
    store: join(directory, 'cloud.mdb'),
    /** The CA of the cloud's servers with its key; the owner alone may read it. */
    servers: join(directory, 'servers.yaml'),
  };
}

/** The names that a store of chips, what is written beside it and the claims on it have in their directory. */
export const STORE_ENTRIES: readonly RegExp[] = [/^chips\.mdb(-lock)?(\.[0-9a-f]{8})?$/, /^locks$/];

/** A name of this process's own for a file beside `file`. */
export function nameBeside(file: string): string {
  return `${file}.${randomBytes(4).toString('hex')}`;
}

/** Replaces `path` as a whole and makes it last: after a crash there is the old text or the new one. */
export function writeWhole(path: string, text: string, mode: number): void {
  const partial = `${path}.partial`;
  try {
    rmSync(partial, { force: true });
    const descriptor = openSync(partial, 'wx', mode);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(partial, path);
    flushDirectory(dirname(path));
  } catch (cause) {
    rmSync(partial, { force: true });
    throw writeFailed(path, cause);
  }
}

/** A new name in a directory lasts when the directory was flushed. */
export function flushDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

import { constants, lstatSync, openSync, rmSync } from 'node:fs';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/**
 * Opens a file for secrets, which begins anew: its owner's alone, whoever could read or had open what was there, and where it is
 * named, for a link is refused. A pipe or a device that is there is written to as it is. @throws the system's error
 */
export function openSecret(path: string): number {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isFile()) rmSync(path);
  const isNew = there === undefined || there.isFile();
  return openSync(path, O_WRONLY | O_NOFOLLOW | (isNew ? O_CREAT | O_EXCL : 0), 0o600);
}

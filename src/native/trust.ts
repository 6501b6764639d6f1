import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

const [GROUP_OR_OTHERS, THEIR_WRITING, STICKY] = [0o077, 0o022, 0o1000];
const ROOT = 0;

// biome-ignore lint/style/noRestrictedGlobals: whom the process's files belong to; os.userInfo fails where the user has no name.
const ownUser = () => process.geteuid?.();

/** A directory, not a link to one, that belongs to this user. */
export function isOwnDirectory(path: string): boolean {
  return isOwn(path, (stats) => stats.isDirectory());
}

/** A file, not a link to one, that belongs to this user and that nobody else may write. */
export function isOwnFile(path: string): boolean {
  return isOwn(path, (stats) => stats.isFile() && (stats.mode & THEIR_WRITING) === 0);
}

/** Nobody else may look into the directory, nor change it. */
export function isPrivate(directory: string): boolean {
  return (lstatSync(directory).mode & GROUP_OR_OTHERS) === 0;
}

/**
 * Whether nobody but root and this user can put something else in the place of what lies in a directory, by renaming it or a
 * directory above. In a sticky one, as /tmp is, that is the owner's alone (unlink(2), EPERM).
 */
export function isOutOfReach(directory: string): boolean {
  for (let path = realpathSync(directory); ; path = dirname(path)) {
    const { uid, mode } = lstatSync(path);
    if (uid !== ROOT && uid !== ownUser()) return false;
    if ((mode & THEIR_WRITING) !== 0 && (mode & STICKY) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

function isOwn(path: string, isRight: (stats: Stats) => boolean): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && isRight(stats) && stats.uid === ownUser();
}

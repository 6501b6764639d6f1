import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory and those above it that are missing; what is returned removes them again, as far as they are empty. Node's
 * own recursive mkdir never ends where a system refuses with ENOENT, as /proc does.
 */
export function makeDirectory(directory: string): () => void {
  const missing: string[] = [];
  for (let path = resolve(directory); !existsSync(path); path = dirname(path)) missing.unshift(path);
  const made: string[] = [];
  const remove = () => {
    try {
      for (const path of made.toReversed()) rmdirSync(path);
    } catch {} // somebody else has put something into it
  };
  try {
    for (const path of missing) {
      mkdirSync(path);
      made.push(path);
    }
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

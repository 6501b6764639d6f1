import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { makeDirectory } from '../../base/index.ts';

/** The dynamic linker takes both for the end of a name in LD_PRELOAD (ld.so(8)). */
const SEPARATORS = /[ :]/;

/**
 * A directory for built programs: the user's cache (XDG Base Directory Specification 0.8), or a private one
 * that goes with this process when there is no writable cache.
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv): string {
  const { XDG_CACHE_HOME = '' } = environment;
  const base = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(environment.HOME ?? homedir(), '.cache');
  const cache = join(base, 'twinfleet');
  return isAbsolute(cache) && !SEPARATORS.test(cache) && isWritable(cache) ? cache : privateDirectory();
}

function isWritable(directory: string): boolean {
  try {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function privateDirectory(): string {
  const directory = mkdtempSync(join(SEPARATORS.test(tmpdir()) ? '/tmp' : tmpdir(), 'twinfleet-'));
  // biome-ignore lint/style/noRestrictedGlobals: the directory goes when the process does, however it ends.
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

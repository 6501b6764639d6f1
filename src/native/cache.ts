import { accessSync, chmodSync, constants, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { makeDirectory } from '../base/index.ts';
import { isOutOfReach, isOwnDirectory, isPrivate } from './trust.ts';

/** The dynamic linker takes both for the end of a name in LD_PRELOAD (ld.so(8)). */
const SEPARATORS = /[ :]/;

/**
 * A directory for built programs, which are loaded into others and so must be nobody else's: the user's cache (XDG Base
 * Directory Specification 0.8), or a private one that goes with this process where the cache is not to be written or trusted.
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv): string {
  const { XDG_CACHE_HOME = '' } = environment;
  const base = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(environment.HOME ?? homedir(), '.cache');
  return (isAbsolute(base) ? ownCache(base) : undefined) ?? privateDirectory();
}

/** Undefined where it cannot be made, or is somebody else's. */
function ownCache(base: string): string | undefined {
  try {
    makeDirectory(join(base, 'twinfleet'));
    const cache = join(realpathSync(base), 'twinfleet');
    if (SEPARATORS.test(cache) || !isOutOfReach(base) || !isOwnDirectory(cache)) return undefined;
    if (!isPrivate(cache)) chmodSync(cache, 0o700);
    accessSync(cache, constants.W_OK | constants.X_OK);
    return cache;
  } catch {
    return undefined;
  }
}

function privateDirectory(): string {
  const directory = mkdtempSync(join(isFit(tmpdir()) ? tmpdir() : '/tmp', 'twinfleet-'));
  // biome-ignore lint/style/noRestrictedGlobals: the directory goes when the process does, however it ends.
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function isFit(directory: string): boolean {
  try {
    return !SEPARATORS.test(directory) && isOutOfReach(directory);
  } catch {
    return false;
  }
}

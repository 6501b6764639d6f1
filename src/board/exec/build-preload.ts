import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { EmuError } from '../../../emulator/errors.ts';
import { preloadSources } from '../../base/index.ts';
import { cacheDirectory } from './cache.ts';
import { type Compiler, compileLibrary, findCompiler } from './compiler.ts';
import { isOwnFile } from './trust.ts';

/**
 * The path of the preload library, which is compiled unless it already was, from these sources and by this compiler.
 * @throws EmuError EMU_E_BOARD_COMPILER, EMU_E_BOARD_PLATFORM
 */
export async function buildPreload(environment: NodeJS.ProcessEnv): Promise<string> {
  if (platform() !== 'linux') {
    throw new EmuError('EMU_E_BOARD_PLATFORM', `--exec does not run on ${platform()}`, {
      value: platform(),
      hint: "The preload library is for Linux; the board's ports work everywhere.",
    });
  }
  const sources = preloadSources();
  const files = readdirSync(sources).sort();
  const compiler = await findCompiler(environment);
  const directory = cacheDirectory(environment);
  const name = `preload-${keyOf(sources, files, compiler)}`;
  const stored = storedLibrary(directory, name);
  if (stored !== undefined) return stored;

  // Built beside it and renamed, so that whoever builds it at the same time never loads half a library.
  const unfinished = join(directory, `unfinished-${randomUUID()}.so`);
  const units = files.filter((file) => file.endsWith('.c')).map((file) => join(sources, file));
  try {
    await compileLibrary(compiler, units, unfinished);
    chmodSync(unfinished, 0o700);
    const library = join(directory, libraryName(name, readFileSync(unfinished)));
    renameSync(unfinished, library);
    return library;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/**
 * A library of this name that is this user's and whole: the hash of what it contains is in its name. After a power cut it may
 * be empty. Others of the name are removed, which makes room for a new one.
 */
function storedLibrary(directory: string, name: string): string | undefined {
  for (const file of readdirSync(directory).filter((other) => other.startsWith(`${name}-`))) {
    const path = join(directory, file);
    if (isOwnFile(path) && file === libraryName(name, readFileSync(path))) return path;
    rmSync(path, { recursive: true, force: true });
  }
  return undefined;
}

function libraryName(name: string, contents: Uint8Array): string {
  return `${name}-${createHash('sha256').update(contents).digest('hex')}.so`;
}

function keyOf(sources: string, files: readonly string[], compiler: Compiler): string {
  const hash = createHash('sha256').update(compiler.command.join('\0')).update(compiler.identity);
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(sources, file)));
  return hash.digest('hex').slice(0, 32);
}

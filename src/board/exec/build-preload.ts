import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { EmuError } from '../../../emulator/errors.ts';
import { preloadSources } from '../../base/index.ts';
import { cacheDirectory } from './cache.ts';
import { type Compiler, compileLibrary, findCompiler } from './compiler.ts';

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
  const library = join(cacheDirectory(environment), `preload-${keyOf(sources, files, compiler)}.so`);
  if (existsSync(library)) return library;

  // Built beside it and renamed, so that whoever builds it at the same time never loads half a library.
  const unfinished = `${library}.${randomUUID()}`;
  const units = files.filter((file) => file.endsWith('.c')).map((file) => join(sources, file));
  try {
    await compileLibrary(compiler, units, unfinished);
    renameSync(unfinished, library);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return library;
}

function keyOf(sources: string, files: readonly string[], compiler: Compiler): string {
  const hash = createHash('sha256').update(compiler.command.join('\0')).update(compiler.identity);
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(sources, file)));
  return hash.digest('hex').slice(0, 32);
}

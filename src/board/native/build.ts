import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from './cache.ts';
import { type Compiler, compile, findCompiler, type Kind } from './compiler.ts';
import { isOwnFile } from './trust.ts';

/** A program or a library of this package, in C. */
export interface NativeCode {
  /** What its file's name begins with, and its place in messages. */
  readonly name: string;
  readonly kind: Kind;
  /** The directory of its sources. */
  readonly sources: string;
}

/**
 * The path of the file, which is compiled unless it already was, from these sources and by this compiler.
 * @throws EmuError EMU_E_BOARD_COMPILER
 */
export async function buildNative(code: NativeCode, environment: NodeJS.ProcessEnv): Promise<string> {
  const { kind, sources } = code;
  const files = readdirSync(sources).sort();
  const compiler = await findCompiler(environment);
  const directory = cacheDirectory(environment);
  const name = `${code.name}-${keyOf(sources, files, compiler)}`;
  const stored = storedFile(directory, name, kind);
  if (stored !== undefined) return stored;

  // Built beside it and renamed, so that whoever builds it at the same time never loads half of it.
  const unfinished = join(directory, `unfinished-${randomUUID()}`);
  const units = files.filter((file) => file.endsWith('.c')).map((file) => join(sources, file));
  try {
    await compile(compiler, { what: `the ${code.name} ${kind}`, kind, units, output: unfinished });
    chmodSync(unfinished, 0o700);
    const file = join(directory, fileName(name, kind, readFileSync(unfinished)));
    renameSync(unfinished, file);
    return file;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/**
 * A file of this name that is this user's and whole: the hash of what it contains is in its name. After a power cut it may
 * be empty. Others of the name are removed, which makes room for a new one.
 */
function storedFile(directory: string, name: string, kind: Kind): string | undefined {
  for (const file of readdirSync(directory).filter((other) => other.startsWith(`${name}-`))) {
    const path = join(directory, file);
    if (isOwnFile(path) && file === fileName(name, kind, readFileSync(path))) return path;
    rmSync(path, { recursive: true, force: true });
  }
  return undefined;
}

function fileName(name: string, kind: Kind, contents: Uint8Array): string {
  return `${name}-${createHash('sha256').update(contents).digest('hex')}${kind === 'library' ? '.so' : ''}`;
}

function keyOf(sources: string, files: readonly string[], compiler: Compiler): string {
  const hash = createHash('sha256').update(compiler.command.join('\0')).update(compiler.identity);
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(sources, file)));
  return hash.digest('hex').slice(0, 32);
}

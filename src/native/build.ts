import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheDirectory } from './cache.ts';
import { type Compiler, type Complaints, compile, findCompiler, type Kind } from './compiler.ts';
import { isOwnFile } from './trust.ts';

/** A program or a library of this package, in C. */
export interface NativeCode {
  /** What its file's name begins with, and its place in messages. */
  readonly name: string;
  readonly kind: Kind;
  /** The directories of its sources and headers. */
  readonly sources: readonly string[];
  /** One more source, which the program makes itself. */
  readonly generated?: string;
  /** For the compiler, behind those that all have. */
  readonly flags?: readonly string[];
  /** What it is linked with, without the `lib` in front. */
  readonly libraries?: readonly string[];
  readonly complaints: Complaints;
}

/**
 * The path of the file, which is compiled unless it already was, from these sources and by this compiler.
 * @throws EmuError EMU_E_…_COMPILER
 */
export async function buildNative(code: NativeCode, environment: NodeJS.ProcessEnv): Promise<string> {
  const { kind, generated, flags = [], libraries = [], complaints } = code;
  const files = code.sources.flatMap(filesIn);
  const compiler = await findCompiler(environment, complaints);
  const directory = cacheDirectory(environment);
  const name = `${code.name}-${keyOf(code, files, compiler)}`;
  const stored = storedFile(directory, name, kind);
  if (stored !== undefined) return stored;

  // Built beside it and renamed, so that whoever builds it at the same time never loads half of it.
  const unfinished = join(directory, `unfinished-${randomUUID()}`);
  const made = generated === undefined ? [] : [`${unfinished}.c`];
  const units = [...files.filter((file) => file.endsWith('.c')), ...made];
  const compilation = {
    what: `the ${code.name} ${kind}`,
    kind,
    units,
    includes: code.sources,
    flags,
    libraries,
    complaints,
  };
  try {
    for (const file of made) writeFileSync(file, generated ?? '', { mode: 0o600 });
    await compile(compiler, { ...compilation, output: unfinished });
    chmodSync(unfinished, 0o700);
    const file = join(directory, fileName(name, kind, readFileSync(unfinished)));
    renameSync(unfinished, file);
    return file;
  } finally {
    for (const file of [unfinished, ...made]) rmSync(file, { force: true });
  }
}

/** C files and headers; what else lies there, such as a Makefile, changes nothing. */
function filesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((file) => /\.[ch]$/.test(file))
    .sort()
    .map((file) => join(directory, file));
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

function keyOf(
  { generated = '', flags = [], libraries = [] }: NativeCode,
  files: readonly string[],
  compiler: Compiler,
): string {
  const hash = createHash('sha256').update(compiler.command.join('\0')).update(compiler.identity);
  for (const file of files) hash.update(`\0${basename(file)}\0`).update(readFileSync(file));
  hash.update(`\0\0${[...flags, ...libraries].join('\0')}\0\0${generated}`);
  return hash.digest('hex').slice(0, 32);
}

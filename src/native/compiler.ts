import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { EmuError } from '../../emulator/errors.ts';

const run = promisify(execFile);

/** What its errors say of C code. */
export interface Complaints {
  readonly code: 'EMU_E_BOARD_COMPILER' | 'EMU_E_FIRMWARE_COMPILER';
  /** Debian's packages of what it is built with, beside the compiler. */
  readonly packages: readonly string[];
}

export interface Compiler {
  /** The program and what is always handed to it: `CC` may be `ccache gcc`. */
  readonly command: readonly [program: string, ...parameters: string[]];
  /** Its version, target and configuration, in its own words. */
  readonly identity: string;
}

/** The C compiler that `CC` names, or gcc. @throws EmuError EMU_E_…_COMPILER */
export async function findCompiler(environment: NodeJS.ProcessEnv, complaints: Complaints): Promise<Compiler> {
  const [program = 'gcc', ...parameters] = (environment.CC ?? '').split(/\s+/).filter((word) => word !== '');
  try {
    const { stdout, stderr } = await run(program, [...parameters, '-v']);
    return { command: [program, ...parameters], identity: stdout + stderr };
  } catch (error) {
    throw new EmuError(complaints.code, `no C compiler: ${program} does not run`, {
      value: program,
      hint: `Install one: apt-get install gcc ${complaints.packages.join(' ')}; or name another in CC.`,
      cause: error,
    });
  }
}

export type Kind = 'library' | 'program';

export interface Compilation {
  /** In the words of a message. */
  readonly what: string;
  readonly kind: Kind;
  readonly units: readonly string[];
  /** Where headers are. */
  readonly includes: readonly string[];
  readonly flags: readonly string[];
  /** Without the `lib` in front. */
  readonly libraries: readonly string[];
  readonly output: string;
  readonly complaints: Complaints;
}

/** Makes a shared library or a program of C files. @throws EmuError EMU_E_…_COMPILER with what the compiler says */
export async function compile(compiler: Compiler, compilation: Compilation): Promise<void> {
  const { what, kind, units, includes, output, complaints } = compilation;
  const [program, ...parameters] = compiler.command;
  const [common, own] = FLAGS[kind];
  const flags = [...common, ...compilation.flags];
  const directories = includes.map((directory) => `-I${directory}`);
  const libraries = [...own, ...compilation.libraries.map((library) => `-l${library}`)];
  try {
    await run(program, [...parameters, ...flags, ...directories, '-o', output, ...units, ...libraries]);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const lines = stderr.split('\n');
    const full = lines.find((line) => line.includes('No space left on device'));
    const unlinked = lines.find((line) => line.includes('cannot find -l'));
    const reason = full ?? unlinked ?? lines.find((line) => line.includes('error')) ?? (error as Error).message;
    throw new EmuError(complaints.code, `${program} cannot compile ${what}: ${reason.trim()}`, {
      value: stderr,
      hint: full
        ? 'Make room, or name a cache on another disk in XDG_CACHE_HOME.'
        : `If a header or a library is missing: apt-get install ${complaints.packages.join(' ')}.`,
      cause: error,
    });
  }
  if (existsSync(output)) return;
  throw new EmuError(complaints.code, `${program} ran and produced no ${kind}`, {
    value: program,
    hint: 'Name a C compiler in CC.',
  });
}

const COMMON = ['-std=gnu11', '-O2', '-D_GNU_SOURCE'];

/** In front of the sources and behind them. */
const FLAGS: Readonly<Record<Kind, readonly [flags: readonly string[], libraries: readonly string[]]>> = {
  library: [
    [
      ...COMMON,
      '-shared',
      '-fPIC',
      '-pthread',
      '-fvisibility=hidden',
      // Some distributions fortify and widen by default, and both rename the functions that are to be defined here.
      '-U_FORTIFY_SOURCE',
      '-U_FILE_OFFSET_BITS',
      '-U_TIME_BITS',
    ],
    ['-ldl'],
  ],
  program: [[...COMMON, '-pthread'], []],
};

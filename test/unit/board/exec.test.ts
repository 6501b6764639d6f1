import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { buildPreload, runProgram } from '../../../src/board/exec/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'twinfleet-exec-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function script(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function inCache(name: string, others: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, XDG_CACHE_HOME: join(directory, name), ...others };
}

/** A compiler that is quick: it notes each library that it makes in `log`, and what it makes is the word `library`. */
function quickCompiler(name: string, log: string): string {
  const makeLibrary = `while [ "$1" != -o ]; do shift; done; echo library >"$2"; echo x >>'${join(directory, log)}'`;
  return script(name, `if [ "$1" = -v ]; then echo ${name}; else ${makeLibrary}; fi`);
}

describe('buildPreload', () => {
  const CC = quickCompiler('quick-cc', 'compilations');

  it('compiles once for a cache, also when two do it at the same time, and leaves nothing unfinished', async () => {
    const environment = inCache('cache', { CC });
    const [one, other] = await Promise.all([buildPreload(environment), buildPreload(environment)]);
    expect(one).toBe(other);
    expect(readFileSync(one, 'utf8')).toBe('library\n');
    const compilations = readFileSync(join(directory, 'compilations'), 'utf8');
    expect(await buildPreload(environment)).toBe(one);
    expect(readFileSync(join(directory, 'compilations'), 'utf8')).toBe(compilations);
    expect(readdirSync(join(directory, 'cache', 'twinfleet'))).toHaveLength(1);
  });

  it('keeps the libraries of two compilers apart', async () => {
    const path = await buildPreload(inCache('two', { CC }));
    expect(await buildPreload(inCache('two', { CC: quickCompiler('second-cc', 'second') }))).not.toBe(path);
  });

  it.each([
    ['cannot be written', '/proc/cache'],
    ['has a name that LD_PRELOAD cannot hold', join(directory, 'a cache')],
  ])('uses a directory of its own where the cache %s', async (_what, cache) => {
    const path = await buildPreload({ PATH: process.env.PATH, XDG_CACHE_HOME: cache, CC });
    expect(path.startsWith(cache)).toBe(false);
    expect(path).not.toMatch(/[ :]/);
    expect(readFileSync(path, 'utf8')).toBe('library\n');
    // It goes when its process ends, and this one is shared.
    rmSync(dirname(path), { recursive: true });
  });
});

describe('buildPreload, of a cache that others could have written to,', () => {
  const CC = quickCompiler('trusted-cc', 'trusted');
  const compilations = () => readFileSync(join(directory, 'trusted'), 'utf8').length;
  const build = (name: string) => buildPreload(inCache(name, { CC }));
  /** A library that is stored, in a cache of this name. */
  async function stored(name: string) {
    const library = await build(name);
    return { library, before: compilations() };
  }

  it('makes the cache this user’s alone', async () => {
    const cache = join(directory, 'open', 'twinfleet');
    mkdirSync(cache, { recursive: true });
    chmodSync(cache, 0o777);
    const library = await build('open');
    expect(dirname(library)).toBe(cache);
    expect(statSync(cache).mode & 0o777).toBe(0o700);
    expect(statSync(library).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['is empty', (library: string) => writeFileSync(library, '')],
    ['has other contents', (library: string) => writeFileSync(library, 'librarz\n')],
    ['may be written by others', (library: string) => chmodSync(library, 0o722)],
    [
      'is a link',
      (library: string) => {
        renameSync(library, join(directory, 'elsewhere.so'));
        symlinkSync(join(directory, 'elsewhere.so'), library);
      },
    ],
    [
      'is a directory',
      (library: string) => {
        rmSync(library);
        mkdirSync(library);
      },
    ],
  ])('compiles a library anew that %s', async (what, damage) => {
    const { library, before } = await stored(what.replaceAll(' ', '-'));
    damage(library);
    expect(await build(what.replaceAll(' ', '-'))).toBe(library);
    expect(compilations()).toBeGreaterThan(before);
    expect(lstatSync(library).isFile()).toBe(true);
    expect(statSync(library).mode & 0o777).toBe(0o700);
    expect(readFileSync(library, 'utf8')).toBe('library\n');
  });

  /** Where a build goes that does not use the cache. */
  async function isElsewhere(name: string): Promise<boolean> {
    const library = await build(name);
    const elsewhere = !library.startsWith(join(directory, name));
    if (elsewhere) {
      expect(statSync(dirname(library)).mode & 0o777).toBe(0o700);
      expect(readFileSync(library, 'utf8')).toBe('library\n');
      rmSync(dirname(library), { recursive: true });
    }
    return elsewhere;
  }

  it('uses a directory of its own where the cache is a link', async () => {
    mkdirSync(join(directory, 'target'), { mode: 0o700 });
    mkdirSync(join(directory, 'linked'));
    symlinkSync(join(directory, 'target'), join(directory, 'linked', 'twinfleet'));
    expect(await isElsewhere('linked')).toBe(true);
    expect(readdirSync(join(directory, 'target'))).toEqual([]);
  });

  it('uses a directory of its own where others may rename the cache, unless that is sticky', async () => {
    mkdirSync(join(directory, 'public', 'mine'), { recursive: true });
    chmodSync(join(directory, 'public'), 0o777);
    expect(await isElsewhere('public/mine')).toBe(true);
    expect(await isElsewhere('public')).toBe(true);
    chmodSync(join(directory, 'public'), 0o1777);
    expect(await isElsewhere('public/mine')).toBe(false);
    expect(await isElsewhere('public')).toBe(false);
  });

  // Only root can give a file away.
  describe.skipIf(process.getuid?.() !== 0)("as root, of another user's", () => {
    const STRANGER = 65_534;

    it('cache', async () => {
      mkdirSync(join(directory, 'strangers', 'twinfleet'), { recursive: true });
      chownSync(join(directory, 'strangers', 'twinfleet'), STRANGER, STRANGER);
      expect(await isElsewhere('strangers')).toBe(true);
      rmSync(join(directory, 'strangers'), { recursive: true });
      mkdirSync(join(directory, 'strangers'));
      chownSync(join(directory, 'strangers'), STRANGER, STRANGER);
      expect(await isElsewhere('strangers')).toBe(true);
    });

    it('library', async () => {
      const { library, before } = await stored('planted');
      chownSync(library, STRANGER, STRANGER);
      expect(await build('planted')).toBe(library);
      expect(compilations()).toBeGreaterThan(before);
      expect(statSync(library).uid).toBe(0);
    });
  });
});

describe('buildPreload without what it needs', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('says how to get a compiler', async () => {
    await expect(buildPreload(inCache('none', { CC: '/no/such/cc' }))).rejects.toMatchObject({
      code: 'EMU_E_BOARD_COMPILER',
      message: expect.stringContaining('/no/such/cc'),
      hint: expect.stringContaining('apt-get install gcc libc6-dev'),
    });
  });

  it("shows the compiler's own complaint", async () => {
    const text = '[ "$1" = -v ] && exit 0\necho "places.c:3:10: fatal error: pthread.h: No such file" >&2\nexit 1';
    await expect(buildPreload(inCache('bad', { CC: script('bad-cc', text) }))).rejects.toMatchObject({
      code: 'EMU_E_BOARD_COMPILER',
      message: expect.stringContaining('pthread.h: No such file'),
    });
    expect(readdirSync(join(directory, 'bad', 'twinfleet'))).toEqual([]);
  });

  it('advises on the disk where that is full', async () => {
    const text =
      '[ "$1" = -v ] && exit 0\necho "ld: final link failed: No space left on device\ncollect2: error: 1" >&2\nexit 1';
    await expect(buildPreload(inCache('full', { CC: script('full-cc', text) }))).rejects.toMatchObject({
      message: expect.stringMatching(/: ld: final link failed: No space left on device$/),
      hint: 'Make room, or name a cache on another disk in XDG_CACHE_HOME.',
    });
  });

  it('does not take a program that makes no library for a compiler', async () => {
    await expect(buildPreload(inCache('idle', { CC: '/bin/true' }))).rejects.toMatchObject({
      code: 'EMU_E_BOARD_COMPILER',
      message: '/bin/true ran and produced no library',
    });
  });

  it('is for Linux alone', async () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    await expect(buildPreload(process.env)).rejects.toMatchObject({ code: 'EMU_E_BOARD_PLATFORM', value: 'darwin' });
  });
});

describe('runProgram', () => {
  const surroundings = { environment: process.env, atTerminal: false, onSignals: () => () => {} };
  const NO_BOARDS = { i2cPorts: [], kitPorts: [], controlPorts: [], preload: '' };
  const run = (...argv: string[]) => runProgram({ argv, ...NO_BOARDS }, surroundings);
  const shell = (text: string) => run('/bin/sh', '-c', text);

  it("resolves to the program's exit code, or 128 and the signal that killed it", async () => {
    expect(await shell('exit 7')).toEqual({ code: 7 });
    expect(await shell('kill -9 $$')).toEqual({ code: 137 });
  });

  it('says what is no program: 127 where nothing is, 126 where it may not be run', async () => {
    expect(await run('no-such-program')).toEqual({ code: 127, problem: 'there is no program no-such-program' });
    expect(await run(directory)).toEqual({ code: 126, problem: `${directory} is not an executable program` });
  });

  it('puts the library before others, and the ports into the environment', async () => {
    const out = join(directory, 'environment');
    const text = `echo "$LD_PRELOAD $EMU_BOARD_I2C $EMU_BOARD_KIT" >'${out}'`;
    const request = {
      argv: ['/bin/sh', '-c', text],
      i2cPorts: [7001, 7004],
      kitPorts: [7002, 7005],
      controlPorts: [7003, 7006],
    };
    const withLibraries = (LD_PRELOAD: string) =>
      runProgram(
        { ...request, preload: 'libm.so.6' },
        { ...surroundings, environment: { ...process.env, LD_PRELOAD } },
      );
    await withLibraries('');
    expect(readFileSync(out, 'utf8')).toBe('libm.so.6 7001,7004 7002,7005\n');
    await withLibraries('libdl.so.2');
    expect(readFileSync(out, 'utf8')).toBe('libm.so.6:libdl.so.2 7001,7004 7002,7005\n');
  });

  it('ends the program when it is told to', async () => {
    const request = { argv: ['/bin/sleep', '60'], ...NO_BOARDS };
    expect(await runProgram({ ...request, signal: AbortSignal.timeout(50) }, surroundings)).toEqual({ code: 143 });
    expect(await runProgram({ ...request, signal: AbortSignal.abort() }, surroundings)).toEqual({ code: 143 });
  });

  it.each([
    ['passes on a SIGINT that came to this process alone', false, 128 + 2],
    ['does not repeat the SIGINT that a terminal has sent to the program, too', true, 128 + 15],
  ])('%s', async (_what, atTerminal, code) => {
    const listeners: ((name: 'SIGINT' | 'SIGTERM') => void)[] = [];
    const onSignals = (_names: readonly string[], listener: (typeof listeners)[number]) => {
      listeners.push(listener);
      return () => {};
    };
    const request = { argv: ['/bin/sleep', '60'], ...NO_BOARDS };
    const ended = runProgram(request, { ...surroundings, atTerminal, onSignals });
    for (const name of ['SIGINT', 'SIGTERM'] as const) for (const listener of listeners) listener(name);
    expect(await ended).toEqual({ code });
  });

  describe('without a terminal', () => {
    let child: ChildProcess;
    afterEach(() => child.kill('SIGKILL'));

    it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on, and ends when the program has', async (signal) => {
      const started = join(directory, `started-${signal}`);
      const name = signal.slice(3);
      const text = `trap 'echo ${name}; kill $!; exit 9' ${name}; sleep 60 & mkdir '${started}'; wait`;
      const runner = join(import.meta.dirname, '../../support/run-program-child.mjs');
      child = spawn(process.execPath, [runner, '/bin/sh', '-c', text], { stdio: ['ignore', 'pipe', 'ignore'] });
      let printed = '';
      child.stdout?.setEncoding('utf8').on('data', (piece) => {
        printed += piece;
      });
      // As soon as the program runs, which is before its parent knows.
      await expect.poll(() => existsSync(started), { timeout: 10_000, interval: 1 }).toBe(true);
      child.kill(signal);
      expect((await once(child, 'close'))[0]).toBe(0);
      expect(printed).toBe(`${name}\n{"code":9}\n`);
    });
  });
});

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Daemons live where an ordinary user's PATH does not look. */
const DAEMON_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin'];

/**
 * The path of a program that the code is tested against, after saying which program and version it is.
 * Missing, it is `undefined` and said aloud, so that tests can skip; in CI it is an error: interop never passes silently.
 */
export function requireProgram(name: string, versionArguments: readonly string[]): string | undefined {
  const path = findProgram(name);
  if (path === undefined) {
    const message = `${name} is not installed: what it would have tested is NOT TESTED`;
    if (process.env.CI) throw new Error(message);
    console.warn(message);
    return undefined;
  }
  const { stdout, stderr } = spawnSync(path, versionArguments, { encoding: 'utf8' });
  console.log(`${path}: ${`${stdout}${stderr}`.trim().split('\n')[0]}`);
  return path;
}

/** Debian's own: the one that its packages of modules are for. */
const DEBIAN_PYTHON = '/usr/bin/python3';

/** The path of a Python that has a module of a Debian package, likewise. */
export function requirePythonModule(module: string, debianPackage: string): string | undefined {
  const script = 'import importlib, sys; importlib.import_module(sys.argv[1])';
  const { status } = spawnSync(DEBIAN_PYTHON, ['-c', script, module]);
  if (status !== 0) {
    const message = `${debianPackage} is not installed: what it would have tested is NOT TESTED`;
    if (process.env.CI) throw new Error(message);
    console.warn(message);
    return undefined;
  }
  const { stdout } = spawnSync('dpkg-query', ['--show', debianPackage], { encoding: 'utf8' });
  console.log(`${DEBIAN_PYTHON}: ${stdout.trim().replace('\t', ' ')}`);
  return DEBIAN_PYTHON;
}

function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...DAEMON_DIRECTORIES];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

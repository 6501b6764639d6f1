import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(import.meta.dirname, '../..');

/**
 * Builds the program into `dist/` and the benchmarks into `build/` once, so that tests that start them run the code as it is now.
 * What these build in turn, the preload library, goes there too and not into the user's cache.
 */
export async function setup(): Promise<void> {
  process.env.XDG_CACHE_HOME = join(root, 'build');
  await Promise.all(['tsconfig.build.json', 'test/bench/tsconfig.json'].map(compile));
}

async function compile(project: string): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const build = spawn(process.execPath, [tsc, '-p', project], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [complaints, [code]] = await Promise.all([text(build.stdout), once(build, 'close')]);
  if (code === 0) return;
  // tsc emits in spite of type errors, so that a test can still run half-way through an edit; never in CI.
  if (process.env.CI) throw new Error(`the build of ${project} failed\n${complaints}`);
  console.warn(`${project}: type errors; tests of the built program run what was emitted.\n${complaints}`);
}

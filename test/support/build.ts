import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Builds the program into `dist/` and the benchmarks into `build/` once, so that tests that start them run the code as it is now.
 * What these build in turn, the preload library, goes there too and not into the user's cache.
 */
export function setup(): void {
  process.env.XDG_CACHE_HOME = join(root, 'build');
  for (const project of ['tsconfig.build.json', 'test/bench/tsconfig.json']) compile(project);
}

function compile(project: string): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const build = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, encoding: 'utf8' });
  if (build.status === 0) return;
  // tsc emits in spite of type errors, so that a test can still run half-way through an edit; never in CI.
  if (process.env.CI) throw new Error(`the build of ${project} failed\n${build.stdout}${build.stderr}`);
  console.warn(`${project}: type errors; tests of the built program run what was emitted.\n${build.stdout}`);
}

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds `dist/` once before the tests, because those that start `dist/src/cli/emu.js` must run the code as it is now. */
export function setup(): void {
  const root = join(import.meta.dirname, '../..');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const build = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, encoding: 'utf8' });
  if (build.status === 0) return;
  // tsc emits in spite of type errors, so that a test can still run half-way through an edit; never in CI.
  if (process.env.CI) throw new Error(`the build failed\n${build.stdout}${build.stderr}`);
  console.warn(`The build reports type errors; tests of the built program run what it emitted.\n${build.stdout}`);
}

import { spawnSync } from 'node:child_process';

/** Runs Node where no file may grow beyond so many KiB: for a file that is new, a disk with little room. */
export function limited(kibibytes: number, ...args: readonly string[]) {
  const line = `ulimit -f ${kibibytes}; exec "$@"`;
  return spawnSync('bash', ['-c', line, 'bash', process.execPath, ...args], { encoding: 'utf8' });
}

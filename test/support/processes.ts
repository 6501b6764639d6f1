import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { vi } from 'vitest';

interface Parent {
  readonly pid?: number | undefined;
}

/** The processes that a run has started and that are there now: its broker, its probe, its workers. */
export function childrenOf({ pid }: Parent, pattern = '.'): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid), '-f', pattern], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** Those of them that run a shard. */
export function workersOf(parent: Parent): number[] {
  return childrenOf(parent, 'run/shard-main');
}

/** A process that has ended and that nobody asked for yet does not run. */
export function isRunning(pid: number): boolean {
  try {
    return !/^.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Resolves when none of these processes is left. */
export function gone(pids: readonly number[]): Promise<void> {
  return vi.waitFor(() => {
    const left = pids.filter(isRunning);
    if (left.length > 0) throw new Error(`still there: ${left.join(', ')}`);
  }, 20_000);
}

import type { Rng } from '../../rng/index.ts';
import type { Backoff } from './profile.ts';

/** How long to wait before the attempt after `failures` that failed in a row, ms: doubled each time, and some per cent longer. */
export function backoffMs({ initialMs, maxMs, jitterPercent }: Backoff, failures: number, rng: Rng): number {
  // 2^30 is beyond every maximum.
  const baseMs = Math.min(initialMs * 2 ** Math.min(failures - 1, 30), maxMs);
  return baseMs * (1 + (jitterPercent / 100) * rng.fraction());
}

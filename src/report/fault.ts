import type { Side } from '../causes/index.ts';
import type { CauseSummary, RunSummary } from '../metrics/index.ts';

/** Whose fault the failures of a run are. */
export interface Fault {
  /** `none` without failures; `generator` where it was late during all of them, so that nothing is known of anybody else. */
  readonly side: Side | 'none';
  /** Of all failed attempts and lost connections, those that are this side's. */
  readonly failures: number;
}

/**
 * Who made most of the failed attempts and lost connections, as far as that can be told: what failed while the load generator
 * was late counts as its own, and only where nobody else has any.
 */
export function faultOf({ failed_attempts, disconnections, causes }: RunSummary): Fault {
  const bySide = new Map<Side, number>();
  const add = (side: Side, failures: number) => bySide.set(side, (bySide.get(side) ?? 0) + failures);
  let whileLate = 0;
  for (const { side, count, while_late = 0 } of [
    ...failed_attempts,
    ...disconnections,
    ...unfinished(causes, failed_attempts),
  ]) {
    add(side, count - while_late);
    whileLate += while_late;
  }
  const [most] = [...bySide].filter(([, failures]) => failures > 0).sort(([, a], [, b]) => b - a);
  if (most !== undefined) return { side: most[0], failures: most[1] };
  return whileLate > 0 ? { side: 'generator', failures: whileLate } : { side: 'none', failures: 0 };
}

/** First attempts that had not ended when the run did: they have a cause and are no failed attempt. */
function unfinished(causes: readonly CauseSummary[], attempts: readonly CauseSummary[]): CauseSummary[] {
  return causes.filter(({ code }) => !attempts.some((attempt) => attempt.code === code));
}

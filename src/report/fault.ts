import { meansSlow, type Side } from '../causes/index.ts';
import type { CauseSummary } from '../metrics/index.ts';
import type { RunReport } from './run-report.ts';
import { isStarved } from './starved.ts';

/** Whose fault the failures of a run are. */
export interface Fault {
  /**
   * `none` without failures; `unknown` where the load generator was late, or left the broker no CPU, during all of them, and may
   * have made them itself.
   */
  readonly side: Side | 'none' | 'unknown';
  /** Of all failed attempts and lost connections, those that are this side's. */
  readonly failures: number;
}

/** What of a report says whose fault something was. */
export type FaultyReport = Pick<RunReport, 'failed_attempts' | 'disconnections' | 'causes' | 'broker'>;

/**
 * Who made most of the failed attempts and lost connections, as far as that can be told: what failed while the load generator
 * was late, or was slow while the broker had no CPU, is held against nobody.
 */
export function faultOf(report: FaultyReport): Fault {
  const { failed_attempts, disconnections, causes } = report;
  const starved = isStarved(report);
  const bySide = new Map<Side, number>();
  const add = (side: Side, failures: number) => bySide.set(side, (bySide.get(side) ?? 0) + failures);
  let excusedInAll = 0;
  for (const { code, side, count, while_late = 0 } of [
    ...failed_attempts,
    ...disconnections,
    ...unfinished(causes, failed_attempts),
  ]) {
    const excused = starved && meansSlow(code) ? count : while_late;
    add(side, count - excused);
    excusedInAll += excused;
  }
  const [most] = [...bySide].filter(([, failures]) => failures > 0).sort(([, a], [, b]) => b - a);
  if (most !== undefined) return { side: most[0], failures: most[1] };
  return excusedInAll > 0 ? { side: 'unknown', failures: excusedInAll } : { side: 'none', failures: 0 };
}

/** First attempts that had not ended when the run did: they have a cause and are no failed attempt. */
function unfinished(causes: readonly CauseSummary[], attempts: readonly CauseSummary[]): CauseSummary[] {
  return causes.filter(({ code }) => !attempts.some((attempt) => attempt.code === code));
}

import type { RunReport } from './run-report.ts';

/** Whether the broker had to wait for a CPU of this machine, as far as was looked at. */
export function isStarved({ broker }: Pick<RunReport, 'broker'>): boolean {
  return broker?.pid !== undefined && broker.starved;
}

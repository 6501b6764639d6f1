import { type CauseCode, causeOf } from '../causes/index.ts';

/** Instead of advice against a broker that may have done nothing wrong. */
const LATE = 'The load generator was late at that time, so this says nothing about the broker.';

/**
 * What to do about failures, where there is something better to say than their words. Nothing is held against the broker
 * where the load generator was late during all of them.
 */
export function adviceOn(code: CauseCode, count: number, whileLate: number): string | undefined {
  const { side, advice } = causeOf(code);
  return side === 'broker' && whileLate >= count ? LATE : advice;
}

import { type CauseCode, causeOf, meansSlow } from '../causes/index.ts';

/** Instead of advice against a broker that may have done nothing wrong. */
const LATE = 'The load generator was late at that time, so this says nothing about the broker.';
/** Likewise, where the broker ran on this machine and had to wait for it. */
const STARVED = 'The broker had to wait for a CPU of this machine: run it, or the devices, on another one.';

/**
 * What to do about failures, where there is something better to say than their words. Nothing is held against the broker
 * where the load generator was late during all of them, and no slowness where it had no CPU.
 */
export function adviceOn(code: CauseCode, count: number, whileLate: number, starved = false): string | undefined {
  const { side, advice } = causeOf(code);
  if (side === 'broker' && whileLate >= count) return LATE;
  return starved && meansSlow(code) ? STARVED : advice;
}

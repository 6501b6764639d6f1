import type { Period } from '../metrics/index.ts';
import { counted } from './format.ts';

/** A summary has a line for a person: of many times, this many are told. */
const TOLD = 3;

/** The few largest of `all`. */
export function longestOf<T>(all: readonly T[], length: (one: T) => number): T[] {
  return [...all].sort((a, b) => length(b) - length(a)).slice(0, TOLD);
}

/** When, in order: the longest where there are many. */
export function periodsText(periods: readonly Period[]): string {
  const longest = longestOf(periods, ({ from_s, to_s }) => to_s - from_s).sort((a, b) => a.from_s - b.from_s);
  const rest = periods.length - longest.length;
  const told = longest.map(({ from_s, to_s }) => `${from_s} to ${to_s} s`).join(', ');
  return rest === 0 ? told : `${told}, and ${counted(rest, 'more time')}`;
}

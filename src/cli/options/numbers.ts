import { quoted, usageError } from '../errors/index.ts';

/** Here too, and held to the factory's, which is not loaded for a slip in the line. */
export const MOST_DEVICES = 2 ** 24;

/** A whole number of at least 1; `example` is one that fits. */
export function parseCount(option: string, text: string, example = 500): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || value < 1) {
    throw usageError(
      `${option} must be a whole number of at least 1, not ${/^-?[\d.]+$/.test(text) ? text : quoted(text)}`,
      `Write it like ${option} ${example}.`,
    );
  }
  return value;
}

/** The number of one of `count` devices. */
export function parseDevice(option: string, text: string, count: number): number {
  if (/^\d+$/.test(text) && Number(text) < count) return Number(text);
  throw usageError(
    `${option} must be a device of this run, 0 to ${count - 1}, not ${/^-?[\d.]+$/.test(text) ? text : quoted(text)}`,
    `Write it like ${option} 0: devices are numbered from 0.`,
  );
}

/** How many devices are in a fleet. */
export function parseDevices(text: string): number {
  const count = parseCount('--count', text);
  if (count <= MOST_DEVICES) return count;
  throw usageError(`--count must be at most ${MOST_DEVICES}, not ${text}`, 'There are no more MAC addresses.');
}

/** A number above 0, fractions and exponents allowed. */
export function parsePositive(option: string, text: string): number {
  const value = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && Number.isFinite(value)) return value;
  throw usageError(
    `${option} must be a number above 0, not ${/^-?[\d.]+$/.test(text) ? text : quoted(text)}`,
    `Write it like ${option} 100.`,
  );
}

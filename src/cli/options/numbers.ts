import { quoted, usageError } from '../errors/index.ts';

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

/** A number above 0, fractions allowed. */
export function parsePositive(option: string, text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw usageError(
    `${option} must be a number above 0, not ${/^-?[\d.]+$/.test(text) ? text : quoted(text)}`,
    `Write it like ${option} 100.`,
  );
}

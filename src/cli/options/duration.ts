import { quoted, usageError } from '../errors/index.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** Timers hold 31 bits of milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** `30s`, `1.5m`, `500ms`, `2h` in milliseconds. */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (match === null) {
    throw usageError(
      `${option} must be a time with its unit, not ${quoted(text)}`,
      `Write it like ${option} 30s, 5m, 2h or 500ms.`,
    );
  }
  const ms = Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0);
  if (ms < 1 || ms > LONGEST_MS) {
    throw usageError(`${option} must be between 1ms and 596h, not ${text}`, `Write it like ${option} 30s.`);
  }
  return ms;
}

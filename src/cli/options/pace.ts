import type { Pace } from '../../../emulator/i2c/index.ts';
import { quoted, usageError } from '../errors/index.ts';

export function parsePace(text: string): Pace {
  if (text === 'fast' || text === 'hardware') return text;
  throw usageError(
    `--pace must be fast or hardware, not ${quoted(text)}`,
    'hardware waits the execution times of chip, bus and driver.',
  );
}

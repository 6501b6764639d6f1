import { availableParallelism } from 'node:os';
import { parseCount } from './numbers.ts';

/** A process costs its memory (PROCESS_BYTES of src/cli/limits) and a tenth of a second: what `auto` gives it is worth that. */
const DEVICES_EACH = 1000;

/** How many processes share `count` devices; never more than there are devices. @throws EmuError EMU_E_USAGE */
export function parseWorkers(text: string, count: number, cores: number = availableParallelism()): number {
  if (text === 'auto') return Math.max(1, Math.min(cores, Math.floor(count / DEVICES_EACH)));
  return Math.min(count, parseCount('--workers', text, 2));
}

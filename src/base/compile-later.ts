import { setFlagsFromString } from 'node:v8';

/** The work after which V8 optimises a function, in bytes of bytecode: four times its own. */
const INTERRUPT_BUDGET = 4 * 67_584;

/**
 * Has V8 see four times as much of a function before it optimises it. A run goes through a lot of code some thousand times, and
 * at V8's own threshold its compiler threads took two fifths of the CPU. Twice the threshold is 18 % less CPU for 2,000 devices,
 * four times another 7 %. The flag is that of Node 20; later versions have other tiers and are left alone.
 */
export function compileLater(): void {
  if (process.versions.v8.startsWith('11.3.')) setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}

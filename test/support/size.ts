import { vi } from 'vitest';

/** How much of the whole is done: 1 in `npm run test:soak`, a part in CI, next to nothing in `npm test`. */
const SOAK = Number(process.env.SOAK ?? 0);

if (SOAK > 0) vi.setConfig({ testTimeout: 1_800_000 });

/** How often a test that could go on for long repeats: `SOAK` of `whole`, and `least` in any case. */
export function repetitions(least: number, whole: number): number {
  return Math.max(least, Math.round(whole * SOAK));
}

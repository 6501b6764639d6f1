import type { Rng } from '../../emulator/rng/index.ts';

/** A whole number from 0 to below `end`. */
export const whole = (rng: Rng, end: number): number => Math.floor(rng.fraction() * end);
export const withProbability = (rng: Rng, probability: number): boolean => rng.fraction() < probability;
export const pick = <T>(rng: Rng, list: readonly T[]): T => list[whole(rng, list.length)] as T;

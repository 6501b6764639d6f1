import type { Rng } from '../rng/index.ts';
import type { Calibration } from './calibration.ts';

const PRESSURE_TRIMS = [
  { P7: 9900, P8: -10230, P9: 4285 },
  { P7: 12300, P8: -12000, P9: 5000 },
  { P7: 15500, P8: -14600, P9: 6000 },
] as const;

/** A calibration such as real parts carry, ranges and constants taken from register dumps that people published. */
export function generateCalibration(rng: Rng): Calibration {
  const between = (low: number, high: number) => low + Math.floor((high - low + 1) * rng.fraction());
  return {
    T1: between(27_300, 28_700),
    T2: between(25_300, 27_000),
    T3: 50,
    P1: between(34_500, 39_500),
    P2: between(-11_000, -10_200),
    P3: 3024,
    P4: between(2000, 12_000),
    P5: between(-180, 180),
    P6: -7,
    ...(PRESSURE_TRIMS[between(0, 2)] ?? PRESSURE_TRIMS[0]),
    H1: between(0, 1) * 75,
    H2: between(345, 380),
    H3: 0,
    H4: between(280, 350),
    H5: between(0, 1) * 50,
    H6: 30,
  };
}

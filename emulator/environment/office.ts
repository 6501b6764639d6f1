import type { Rng } from '../rng/index.ts';
import type { Climate } from './ambient.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** One sine: amplitude in the quantity's unit, period in milliseconds, phase in turns. */
interface Wave {
  readonly amplitude: number;
  readonly period: number;
  readonly phase: number;
}

/**
 * An office in a temperate country: a daily swing with a small unsteady heating on top, fronts that pass within days, and
 * a dew point that drifts with them, so that relative humidity falls as the room warms. Always within 15…30 °C,
 * 940…1050 hPa and 15…75 %RH. The same `rng` gives the same office.
 */
export function officeClimate(rng: Rng): Climate {
  const between = (low: number, high: number) => low + (high - low) * rng.fraction();
  const wave = (amplitude: number, period: number): Wave => ({ amplitude, period, phase: rng.fraction() });

  const temperature = between(20, 24);
  const daily = wave(between(1, 2.5), DAY);
  const heating = wave(between(0.1, 0.4), between(0.3, 1.5) * HOUR);
  const pressure = between(97_000, 102_500);
  const front = wave(between(500, 1200), between(4, 7) * DAY);
  const breeze = wave(between(20, 150), between(5, 14) * HOUR);
  const dewPoint = between(6, 10);
  const airMass = wave(between(0.5, 3), between(3, 6) * DAY);

  return (timeMs) => {
    const now = temperature + at(daily, timeMs) + at(heating, timeMs);
    return {
      temperature: now,
      pressure: pressure + at(front, timeMs) + at(breeze, timeMs),
      humidity: (100 * saturation(dewPoint + at(airMass, timeMs))) / saturation(now),
    };
  };
}

function at({ amplitude, period, phase }: Wave, timeMs: number): number {
  return amplitude * Math.sin(2 * Math.PI * (timeMs / period + phase));
}

/** Saturation vapour pressure over water in Pa, by the Magnus formula with the WMO's coefficients (WMO-No. 8, annex 4.B). */
function saturation(celsius: number): number {
  return 611.2 * Math.exp((17.62 * celsius) / (243.12 + celsius));
}

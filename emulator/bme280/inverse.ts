import type { Ambient } from '../environment/index.ts';
import type { Calibration } from './calibration.ts';
import { fineTemperature, humidityTerms, pressureTerms } from './compensation.ts';

/** What the converters deliver: pressure and temperature 20 bits, humidity 16 bits. */
export interface RawSample {
  readonly pressure: number;
  readonly temperature: number;
  readonly humidity: number;
}

/**
 * The raw values that `compensate…` turns into `ambient`, to half a step. Closed form: each formula is a quadratic in
 * its raw value, solved for the root that stays finite when the quadratic term vanishes (dig_T3, dig_P9 or dig_H1 of 0).
 */
export function rawFromAmbient(c: Calibration, ambient: Ambient): RawSample {
  const temperature = clamp(rawTemperature(c, ambient.temperature), 0xfffff);
  // A driver knows the temperature only as the rounded raw value tells it, and uses that for the other two.
  const tFine = Math.trunc(fineTemperature(c, temperature));
  return {
    temperature,
    pressure: clamp(rawPressure(c, ambient.pressure, tFine), 0xfffff),
    humidity: clamp(rawHumidity(c, ambient.humidity, tFine), 0xffff),
  };
}

function rawTemperature(c: Calibration, celsius: number): number {
  const fine = 5120 * celsius;
  const x = (2 * fine) / (c.T2 + Math.sqrt(c.T2 * c.T2 + (c.T3 / 16) * fine));
  return 16384 * (x + c.T1 / 1024);
}

function rawPressure(c: Calibration, pascal: number, tFine: number): number {
  const { divisor, offset } = pressureTerms(c, tFine);
  const a = c.P9 / 2 ** 35;
  const b = 1 + c.P8 / 2 ** 19;
  const q = (-2 * (c.P7 / 16 - pascal)) / (b + Math.sqrt(b * b - 4 * a * (c.P7 / 16 - pascal)));
  return 1048576 - ((q * divisor) / 6250 + offset / 4096);
}

function rawHumidity(c: Calibration, percent: number, tFine: number): number {
  const { offset, gain } = humidityTerms(c, tFine - 76800);
  const h = (2 * percent) / (1 + Math.sqrt(1 - (4 * c.H1 * percent) / 524288));
  return h / gain + offset;
}

/** Rounded into 0…max; a calibration that no part has can make it NaN, which reads as 0. */
function clamp(raw: number, max: number): number {
  return Math.min(max, Math.max(0, Math.round(raw))) || 0;
}

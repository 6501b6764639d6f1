import type { Rng } from '../rng/index.ts';

// RMS noise of one unfiltered sample by code of the oversampling (data sheet 3.4.5), in steps of the 20-bit pressure
// (0.17 Pa), the 20-bit temperature (0.00031 °C) and the 16-bit humidity (0.0056 %RH).
const PRESSURE_RMS = [0, 3.3, 2.6, 2.1, 1.6, 1.3].map((pascal) => pascal / 0.17);
const TEMPERATURE_RMS = [0, 0.005, 0.004, 0.003, 0.003, 0.002].map((celsius) => celsius / 0.00031);
const HUMIDITY_RMS = [0, 0.07, 0.05, 0.04, 0.03, 0.02].map((percent) => percent / 0.0056);

export const pressureNoise = (rng: Rng, code: number): number => normal(rng) * at(PRESSURE_RMS, code);
export const temperatureNoise = (rng: Rng, code: number): number => normal(rng) * at(TEMPERATURE_RMS, code);
export const humidityNoise = (rng: Rng, code: number): number => normal(rng) * at(HUMIDITY_RMS, code);

function at(table: readonly number[], code: number): number {
  return table[Math.min(code, 5)] ?? 0;
}

/** A standard normal number (Box and Muller). */
function normal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng.fraction())) * Math.cos(2 * Math.PI * rng.fraction());
}

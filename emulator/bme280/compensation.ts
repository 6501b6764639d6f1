import type { Calibration } from './calibration.ts';

// The double path of Bosch's driver 2.0.5 (July 2016), which the firmware carries; the formulas are the data sheet's 8.1.
// The order of operations is part of the result: it agrees with the C code to the last bit.

/** t_fine before it is truncated to an integer, in 1/5120 °C. */
export function fineTemperature(c: Calibration, raw: number): number {
  const linear = (raw / 16384 - c.T1 / 1024) * c.T2;
  const offset = raw / 131072 - c.T1 / 8192;
  return linear + offset * offset * c.T3;
}

/** °C. Pressure and humidity take the truncated t_fine, temperature itself does not. */
export function compensateTemperature(c: Calibration, raw: number): number {
  return fineTemperature(c, raw) / 5120;
}

/** The two temperature terms of the pressure formula: what the raw value is divided by, and what is subtracted first. */
export function pressureTerms(c: Calibration, tFine: number): { divisor: number; offset: number } {
  const t = tFine / 2 - 64000;
  const offset = ((t * t * c.P6) / 32768 + t * c.P5 * 2) / 4 + c.P4 * 65536;
  const slope = ((c.P3 * t * t) / 524288 + c.P2 * t) / 524288;
  return { divisor: (1 + slope / 32768) * c.P1, offset };
}

/** Pa; 0 where the formula would divide by zero. */
export function compensatePressure(c: Calibration, raw: number, tFine: number): number {
  const { divisor, offset } = pressureTerms(c, tFine);
  if (divisor === 0) return 0;
  const p = ((1048576 - raw - offset / 4096) * 6250) / divisor;
  return p + ((c.P9 * p * p) / 2147483648 + (p * c.P8) / 32768 + c.P7) / 16;
}

/** The offset and the gain of the humidity formula; `warmth` is t_fine - 76800, zero at 15 °C. */
export function humidityTerms(c: Calibration, warmth: number): { offset: number; gain: number } {
  return {
    offset: c.H4 * 64 + (c.H5 / 16384) * warmth,
    gain: (c.H2 / 65536) * (1 + (c.H6 / 67108864) * warmth * (1 + (c.H3 / 67108864) * warmth)),
  };
}

/**
 * % relative humidity, 0 to 100.
 * Quirk: at t_fine 76800, 15.00 °C, the driver takes its own intermediate for an error and says 0 %RH.
 */
export function compensateHumidity(c: Calibration, raw: number, tFine: number): number {
  const warmth = tFine - 76800;
  if (warmth === 0) return 0;
  const { offset, gain } = humidityTerms(c, warmth);
  const h = (raw - offset) * gain;
  return Math.min(100, Math.max(0, h * (1 - (c.H1 * h) / 524288)));
}

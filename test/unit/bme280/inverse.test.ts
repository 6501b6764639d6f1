import { describe, expect, it } from 'vitest';
import {
  compensateHumidity,
  compensatePressure,
  compensateTemperature,
  fineTemperature,
  rawFromAmbient,
} from '../../../emulator/bme280/index.ts';
import { calibrationOf, REAL_AIR, REAL_CALIBRATION, vectors } from '../../support/bme280.ts';

const physical = vectors.filter(({ group }) => group === 'physical');

describe('rawFromAmbient', () => {
  it('finds the raw values that the driver computed the air from', () => {
    expect(physical.length).toBeGreaterThan(700);
    for (const vector of physical) {
      const [temperature, pressure, humidity] = vector.raw;
      const [, celsius, pascal, percent] = vector.old205;
      const raw = rawFromAmbient(calibrationOf(vector), { temperature: celsius, pressure: pascal, humidity: percent });
      expect(raw).toMatchObject({ temperature, pressure });
      // Clamped humidity tells only the end of the range.
      if (percent > 0 && percent < 100) expect(raw.humidity).toBe(humidity);
    }
  });

  it('comes within half a step of any air in the sensor’s range, for every calibration', () => {
    for (const [index, vector] of physical.entries()) {
      const c = calibrationOf(vector);
      const air = {
        temperature: -40 + 125 * ((index * 0.618034) % 1),
        pressure: 30_000 + 80_000 * ((index * 0.754878) % 1),
        humidity: 100 * ((index * 0.56984) % 1),
      };
      const raw = rawFromAmbient(c, air);
      const tFine = Math.trunc(fineTemperature(c, raw.temperature));
      // Steps of 0.00032 °C, 0.20 Pa and 0.0067 %RH at most.
      expect(Math.abs(compensateTemperature(c, raw.temperature) - air.temperature)).toBeLessThan(0.00017);
      expect(Math.abs(compensatePressure(c, raw.pressure, tFine) - air.pressure)).toBeLessThan(0.105);
      if (tFine !== 76800)
        expect(Math.abs(compensateHumidity(c, raw.humidity, tFine) - air.humidity)).toBeLessThan(0.0035);
    }
  });

  it('gives a real part’s data', () => {
    expect(rawFromAmbient(REAL_CALIBRATION, REAL_AIR(0))).toEqual({
      temperature: 0x81_7fb,
      pressure: 0x55_338,
      humidity: 0x7913,
    });
  });

  it('stays in range for air that no sensor feels and for calibrations that no part has', () => {
    const absurd = { temperature: -1e6, pressure: 1e9, humidity: 1e6 };
    for (const vector of vectors) {
      const { temperature, pressure, humidity } = rawFromAmbient(calibrationOf(vector), absurd);
      for (const [value, max] of [
        [temperature, 0xfffff],
        [pressure, 0xfffff],
        [humidity, 0xffff],
      ] as const) {
        expect(Number.isInteger(value) && value >= 0 && value <= max).toBe(true);
      }
    }
  });
});

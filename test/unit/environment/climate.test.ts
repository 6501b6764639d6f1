import { describe, expect, it } from 'vitest';
import { constantAmbient, officeClimate } from '../../../emulator/environment/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('officeClimate', () => {
  const offices = Array.from({ length: 50 }, (_, k) => officeClimate(rootRng('offices').fork(k)));

  it('stays within an office’s bounds for a month', () => {
    const month = Array.from({ length: 240 }, (_, index) => (index * DAY) / 8);
    const airs = offices.flatMap((office) => month.map(office));
    const outside = airs.filter(
      ({ temperature, pressure, humidity }) =>
        !(
          temperature > 15 &&
          temperature < 30 &&
          pressure > 94_000 &&
          pressure < 105_000 &&
          humidity > 15 &&
          humidity < 75
        ),
    );
    expect(outside).toEqual([]);
  });

  it('changes little in the ten seconds between two samples, and visibly within a day', () => {
    for (const office of offices) {
      const now = office(HOUR);
      const soon = office(HOUR + 10_000);
      expect(Math.abs(soon.temperature - now.temperature)).toBeLessThan(0.05);
      expect(Math.abs(soon.pressure - now.pressure)).toBeLessThan(2);
      expect(Math.abs(soon.humidity - now.humidity)).toBeLessThan(0.5);
      const day = Array.from({ length: 24 }, (_, hour) => office(hour * HOUR).temperature);
      expect(Math.max(...day) - Math.min(...day)).toBeGreaterThan(1.5);
    }
  });

  it('is drier when it is warmer', () => {
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / values.length;
    const differences = offices.map((office) => {
      const day = Array.from({ length: 24 }, (_, hour) => office(hour * HOUR));
      const humidities = day.toSorted((a, b) => a.temperature - b.temperature).map(({ humidity }) => humidity);
      return mean(humidities.slice(0, 6)) - mean(humidities.slice(-6));
    });
    // 3 °C at a dew point of 8 °C make some 7 %RH.
    expect(mean(differences)).toBeGreaterThan(4);
  });

  it('repeats with its seed and differs between places', () => {
    expect(officeClimate(rootRng('offices').fork(3))(HOUR)).toEqual(offices[3]?.(HOUR));
    expect(new Set(offices.map((office) => office(HOUR).pressure)).size).toBe(50);
  });
});

describe('constantAmbient', () => {
  it('never changes', () => {
    const air = constantAmbient(20, 101_325, 50);
    expect(air(0)).toEqual({ temperature: 20, pressure: 101_325, humidity: 50 });
    expect(air(1e9)).toEqual(air(0));
  });
});

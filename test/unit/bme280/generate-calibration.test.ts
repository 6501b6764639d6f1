import { describe, expect, it } from 'vitest';
import { decodeCalibration, encodeCalibration, generateCalibration } from '../../../emulator/bme280/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';

const fleet = Array.from({ length: 200 }, (_, k) => generateCalibration(rootRng('fleet').fork('device', k)));

describe('generateCalibration', () => {
  it('repeats with its seed', () => {
    expect(generateCalibration(rootRng('fleet').fork('device', 7))).toEqual(fleet[7]);
  });

  it('gives no two devices the same part', () => {
    expect(new Set(fleet.map((calibration) => JSON.stringify(calibration))).size).toBe(200);
  });

  it('stays within what real parts carry', () => {
    for (const c of fleet) {
      expect(c.T1).toSatisfy((value: number) => value >= 27_300 && value <= 28_700);
      expect(c.T2).toSatisfy((value: number) => value >= 25_300 && value <= 27_000);
      expect(c.P1).toSatisfy((value: number) => value >= 34_500 && value <= 39_500);
      expect(c.P2).toSatisfy((value: number) => value >= -11_000 && value <= -10_200);
      expect(c.P4).toSatisfy((value: number) => value >= 2000 && value <= 12_000);
      expect(c.P5).toSatisfy((value: number) => value >= -180 && value <= 180);
      expect(c.H2).toSatisfy((value: number) => value >= 345 && value <= 380);
      expect(c.H4).toSatisfy((value: number) => value >= 280 && value <= 350);
      expect([9900, 12_300, 15_500]).toContain(c.P7);
      expect([0, 75]).toContain(c.H1);
      expect([0, 50]).toContain(c.H5);
    }
  });

  it('fits its registers', () => {
    for (const calibration of fleet) expect(decodeCalibration(encodeCalibration(calibration))).toEqual(calibration);
  });
});

import { describe, expect, it } from 'vitest';
import {
  type Calibration,
  compensateHumidity,
  compensatePressure,
  compensateTemperature,
  encodeCalibration,
  fineTemperature,
} from '../../../emulator/bme280/index.ts';
import { calibrationOf, fromHex, REAL_CALIBRATION, vectors } from '../../support/bme280.ts';

function compensate(c: Calibration, rawTemperature: number, rawPressure: number, rawHumidity: number) {
  const tFine = Math.trunc(fineTemperature(c, rawTemperature));
  return [
    tFine,
    compensateTemperature(c, rawTemperature),
    compensatePressure(c, rawPressure, tFine),
    compensateHumidity(c, rawHumidity, tFine),
  ];
}

/** The BMP280 data sheet's worked example, with a humidity set of an ordinary part. */
const SHEET: Calibration = {
  ...{ T1: 27504, T2: 26435, T3: -1000 },
  ...{ P1: 36477, P2: -10685, P3: 3024, P4: 2855, P5: 140, P6: -7, P7: 15500, P8: -14600, P9: 6000 },
  ...{ H1: 75, H2: 362, H3: 0, H4: 315, H5: 50, H6: 30 },
};

describe('calibration registers', () => {
  it.each(['named', 'edge', 'physical', 'raw-random', 'oversampling-masked', 'calib-random'])(
    'decode in group %s',
    (group) => {
      const cases = vectors.filter((vector) => vector.group === group);
      expect(cases.length).toBeGreaterThan(0);
      for (const vector of cases) expect(Object.values(calibrationOf(vector))).toEqual(vector.calibration);
    },
  );

  it('encode back to what they were', () => {
    for (const vector of vectors) {
      const calib00 = fromHex(vector.calib00);
      calib00[24] = 0; // belongs to no trimming value
      expect(encodeCalibration(calibrationOf(vector))).toEqual({
        calib00,
        calib26: fromHex(vector.calib26),
      });
    }
  });
});

describe('the double compensation of driver 2.0.5', () => {
  it.each(['named', 'edge', 'physical', 'raw-random', 'oversampling-masked', 'calib-random'])(
    'agrees with C to the last bit in group %s',
    (group) => {
      for (const vector of vectors.filter((each) => each.group === group)) {
        expect(compensate(calibrationOf(vector), ...vector.raw).map(positiveZero), vector.note).toEqual(vector.old205);
      }
    },
  );

  it('gives the data sheet’s worked example', () => {
    expect(compensate(SHEET, 519888, 415148, 30281)).toEqual([
      128422, 25.082477930816822, 100653.25814481472, 55.851517547423406,
    ]);
  });

  it('gives what Bosch’s code gives for a real part', () => {
    const [tFine, temperature, pressure, humidity] = compensate(REAL_CALIBRATION, 0x81_7fb, 0x55_338, 0x7913);
    expect(tFine).toBe(125119);
    expect(temperature).toBeCloseTo(24.43737, 5);
    expect(pressure).toBeCloseTo(99621.274, 3);
    expect(humidity).toBeCloseTo(54.17229, 5);
  });

  it('takes the value of a skipped channel for a measurement', () => {
    expect(compensateTemperature(SHEET, 0x80000)).toBeCloseTo(26.46, 2);
  });

  it('says 0 Pa rather than divide by zero', () => {
    expect(compensatePressure({ ...SHEET, P1: 0 }, 415148, 128422)).toBe(0);
  });

  it('Quirk: at t_fine 76800, 15.00 °C, the driver takes its own intermediate for an error and says 0 %RH', () => {
    expect(compensateHumidity(SHEET, 30000, 76799)).toBeGreaterThan(50);
    expect(compensateHumidity(SHEET, 30000, 76800)).toBe(0);
    expect(compensateHumidity(SHEET, 30000, 76801)).toBeGreaterThan(50);
    expect(vectors.filter(({ old205: [tFine] }) => tFine === 76800).map(({ old205 }) => old205[3])).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
  });
});

/** The vectors' decimals do not tell -0 from 0. */
function positiveZero(value: number): number {
  return value + 0;
}

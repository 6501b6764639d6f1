import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Bme280,
  type Calibration,
  compensateHumidity,
  compensatePressure,
  compensateTemperature,
  decodeCalibration,
  encodeCalibration,
  fineTemperature,
  generateCalibration,
  rawFromAmbient,
} from '../../emulator/bme280/index.ts';
import { ManualClock } from '../../emulator/clock/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { REAL_AIR, REAL_CALIBRATION, rawOf } from '../support/bme280.ts';

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const signed = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const s16 = signed(16);

const anyCalibration: fc.Arbitrary<Calibration> = fc.record({
  ...{ T1: u16, T2: s16, T3: s16 },
  ...{ P1: u16, P2: s16, P3: s16, P4: s16, P5: s16, P6: s16, P7: s16, P8: s16, P9: s16 },
  ...{ H1: u8, H2: s16, H3: u8, H4: signed(12), H5: signed(12), H6: signed(8) },
});

const realisticCalibration = fc.string().map((seed) => generateCalibration(rootRng(seed)));

const air = fc.record({
  temperature: fc.double({ min: -40, max: 85, noNaN: true }),
  pressure: fc.double({ min: 30_000, max: 110_000, noNaN: true }),
  humidity: fc.double({ min: 0, max: 100, noNaN: true }),
});

/** What a host may do: a write, a read, or wait. */
const step = fc.oneof(
  fc.record({
    write: fc.array(fc.oneof(fc.constantFrom(0xe0, 0xf2, 0xf4, 0xf5, 0xf7, 0xb6, 0x57), u8), { maxLength: 6 }),
  }),
  fc.record({ read: fc.nat(40), stop: fc.boolean() }),
  fc.record({ wait: fc.double({ min: 0, max: 2000, noNaN: true }) }),
);

describe('a calibration', () => {
  it('survives its registers', () => {
    fc.assert(
      fc.property(anyCalibration, (calibration) => {
        expect(decodeCalibration(encodeCalibration(calibration))).toEqual({ ...calibration });
      }),
    );
  });
});

describe('rawFromAmbient', () => {
  it('is undone by the driver’s compensation to half a step, for any real part in any air', () => {
    fc.assert(
      fc.property(realisticCalibration, air, (c, { temperature, pressure, humidity }) => {
        const raw = rawFromAmbient(c, { temperature, pressure, humidity });
        const tFine = Math.trunc(fineTemperature(c, raw.temperature));
        expect(Math.abs(compensateTemperature(c, raw.temperature) - temperature)).toBeLessThan(0.00017);
        expect(Math.abs(compensatePressure(c, raw.pressure, tFine) - pressure)).toBeLessThan(0.105);
        fc.pre(tFine !== 76800);
        expect(Math.abs(compensateHumidity(c, raw.humidity, tFine) - humidity)).toBeLessThan(0.0035);
      }),
    );
  });

  it('undoes it', () => {
    const raws = fc.record({
      temperature: fc.integer({ min: 310_000, max: 731_000 }),
      pressure: fc.integer({ min: 167_000, max: 844_000 }),
    });
    fc.assert(
      fc.property(realisticCalibration, raws, (c, { temperature, pressure }) => {
        const tFine = Math.trunc(fineTemperature(c, temperature));
        const measured = {
          temperature: compensateTemperature(c, temperature),
          pressure: compensatePressure(c, pressure, tFine),
          humidity: 50,
        };
        expect(rawFromAmbient(c, measured)).toMatchObject({ temperature, pressure });
      }),
    );
  });
});

describe('a BME280', () => {
  it('acknowledges and answers whatever a host does, and B6 always brings it back to where it began', async () => {
    await fc.assert(
      fc.asyncProperty(anyCalibration, fc.array(step, { maxLength: 30 }), async (calibration, steps) => {
        const clock = new ManualClock();
        const chip = new Bme280({ calibration, ambient: REAL_AIR, clock, noise: rootRng('noise') });
        for (const next of steps) {
          if ('write' in next) expect(chip.write(Uint8Array.from(next.write), true)).toEqual({ ack: 'ack' });
          else if ('read' in next) expect(chip.read(next.read, next.stop)).toHaveLength(next.read);
          else await clock.advance(next.wait);
        }
        chip.write(Uint8Array.of(0xe0, 0xb6), true);
        await clock.advance(2);
        chip.write(Uint8Array.of(0xf2), false);
        const after = Uint8Array.of(0, 0, 0, 0, 0, 0x80, 0, 0, 0x80, 0, 0, 0x80, 0, 0);
        expect(chip.read(14, true)).toEqual(after);
      }),
    );
  });

  it('does not depend on when it is looked at, in steady air', async () => {
    await fc.assert(
      fc.asyncProperty(
        u8,
        u8,
        fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 20 }),
        async (ctrlMeas, config, waits) => {
          const clock = new ManualClock();
          const part = () => {
            const chip = new Bme280({ calibration: REAL_CALIBRATION, ambient: REAL_AIR, clock });
            chip.write(Uint8Array.of(0xf5, config, 0xf2, 1, 0xf4, ctrlMeas), true);
            return chip;
          };
          const [watched, alone] = [part(), part()];
          for (const wait of waits) {
            await clock.advance(wait);
            watched.read(1, true);
          }
          const burst = (chip: Bme280) => {
            chip.write(Uint8Array.of(0xf7), false);
            return rawOf([...(chip.read(8, true) ?? [])]);
          };
          expect(burst(watched)).toEqual(burst(alone));
        },
      ),
    );
  });
});

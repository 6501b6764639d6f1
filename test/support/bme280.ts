import { readFileSync } from 'node:fs';
import { Bme280, type Bme280Options, type Calibration, decodeCalibration } from '../../emulator/bme280/index.ts';
import { ManualClock } from '../../emulator/clock/index.ts';
import { constantAmbient } from '../../emulator/environment/index.ts';

/** One case of test/vectors/bme280.json; its README says what the fields hold. */
export interface Vector {
  readonly group: string;
  readonly calib00: string;
  readonly calib26: string;
  readonly data: string;
  readonly calibration: readonly number[];
  readonly raw: readonly [temperature: number, pressure: number, humidity: number];
  readonly old205: readonly [tFine: number, temperature: number, pressure: number, humidity: number];
  readonly note?: string;
}

export const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../vectors/bme280.json', import.meta.url), 'utf8'),
);

export const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

export const calibrationOf = (vector: Vector): Calibration =>
  decodeCalibration({ calib00: fromHex(vector.calib00), calib26: fromHex(vector.calib26) });

/** The registers of a real part as its owner posted them in Bosch's forum in 2019. */
export const REAL_PART = {
  calib00: '6C6E 7766 3200 A892 27D5 D00B 6F18 CAFF F9FF AC26 0AD8 BD10 004B',
  calib26: '65 01 00 14 0B 00 1E',
  data: '55 33 80 81 7F B0 79 13',
};

export const REAL_CALIBRATION = decodeCalibration({
  calib00: fromHex(REAL_PART.calib00),
  calib26: fromHex(REAL_PART.calib26),
});

/** What Bosch's driver computes from that part's data: the air that must give those data again. */
export const REAL_AIR = constantAmbient(24.43737091567566, 99621.2735906826, 54.17229420505559);

/** That part on a clock that starts at 0, with the bus transfers of an ordinary host. */
export function realPart(options: Partial<Bme280Options> = {}) {
  const clock = new ManualClock();
  const chip = new Bme280({ calibration: REAL_CALIBRATION, ambient: REAL_AIR, clock, ...options });
  return {
    clock,
    chip,
    write: (...bytes: number[]) => chip.write(Uint8Array.from(bytes), true),
    read: (register: number, length = 1): number[] => {
      chip.write(Uint8Array.of(register), false);
      return [...(chip.read(length, true) ?? [])];
    },
  };
}

/** The raw pressure, temperature and humidity in an eight-byte burst. */
export function rawOf(burst: readonly number[]): { pressure: number; temperature: number; humidity: number } {
  const [p0 = 0, p1 = 0, p2 = 0, t0 = 0, t1 = 0, t2 = 0, h0 = 0, h1 = 0] = burst;
  return {
    pressure: (p0 << 12) | (p1 << 4) | (p2 >> 4),
    temperature: (t0 << 12) | (t1 << 4) | (t2 >> 4),
    humidity: (h0 << 8) | h1,
  };
}

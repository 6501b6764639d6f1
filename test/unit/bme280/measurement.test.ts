import { describe, expect, it } from 'vitest';
import { compensateTemperature, rawFromAmbient } from '../../../emulator/bme280/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { REAL_AIR, REAL_CALIBRATION, rawOf, realPart } from '../../support/bme280.ts';

const CTRL_HUM = 0xf2;
const CTRL_MEAS = 0xf4;
const CONFIG = 0xf5;
const DATA = 0xf7;
const NORMAL_T1_P1 = 0b001_001_11; // 5.5 ms, with 0.5 ms standby a cycle of 6 ms
const CYCLE = 6;

/** A part in normal mode whose air can be changed, one sample old and looked at in the middle of its standby. */
async function inAir(config: number, options: { temperature: number }) {
  const air = { ...REAL_AIR(0), ...options };
  const part = realPart({ ambient: () => ({ ...air }) });
  part.write(CONFIG, config, CTRL_MEAS, NORMAL_T1_P1);
  await part.clock.advance(CYCLE - 0.25);
  part.read(DATA, 8);
  return { ...part, air };
}

describe('the IIR filter', () => {
  it.each([
    ['off', 0, 1],
    ['2', 1, 2],
    ['4', 2, 5],
    ['8', 3, 11],
    ['16', 4, 22],
    ['16, by its highest code', 7, 22],
  ])(
    'with coefficient %s (code %i) reaches three quarters of a step after %i samples (data sheet 3.4.4)',
    async (_, code, samples) => {
      const { air, clock, read } = await inAir(code << 2, { temperature: 20 });
      const low = rawFromAmbient(REAL_CALIBRATION, air).temperature;
      air.temperature = 30;
      const high = rawFromAmbient(REAL_CALIBRATION, air).temperature;
      let taken = 0;
      do {
        await clock.advance(CYCLE);
        taken++;
      } while (rawOf(read(DATA, 8)).temperature < Math.floor(low + 0.75 * (high - low)));
      expect(taken).toBe(samples);
    },
  );

  it('gives the same whether one looks at every sample or at the last one', async () => {
    const often = await inAir(0x10, { temperature: 20 });
    const once = await inAir(0x10, { temperature: 20 });
    expect(often.read(DATA, 8)).toEqual(once.read(DATA, 8));
    often.air.temperature = once.air.temperature = 30;
    often.air.pressure = once.air.pressure = 90_000;
    for (let sample = 0; sample < 40; sample++) {
      await often.clock.advance(CYCLE);
      often.read(DATA, 8);
    }
    await once.clock.advance(40 * CYCLE);
    expect(often.read(DATA, 8)).toEqual(once.read(DATA, 8));
  });

  it('lets the first sample after a write to config pass unchanged', async () => {
    const { air, clock, read, write } = await inAir(0x10, { temperature: 20 });
    air.temperature = 30;
    write(CONFIG, 0x10);
    await clock.advance(CYCLE);
    const first = rawOf(read(DATA, 8)).temperature;
    await clock.advance(1000 * CYCLE);
    expect(rawOf(read(DATA, 8)).temperature).toBe(first);
  });

  it('never touches humidity', async () => {
    const { air, clock, read, write } = await inAir(0x10, { temperature: 20 });
    write(CTRL_HUM, 1, CTRL_MEAS, NORMAL_T1_P1);
    await clock.advance(100);
    air.humidity = 30;
    await clock.advance(10);
    const next = rawOf(read(DATA, 8)).humidity;
    await clock.advance(1000);
    expect(rawOf(read(DATA, 8)).humidity).toBe(next);
  });

  it('forgets nothing while its channel is skipped', async () => {
    const { air, clock, read, write } = await inAir(0x10, { temperature: 20 });
    const before = rawOf(read(DATA, 8)).temperature;
    write(CTRL_MEAS, 0b000_001_11);
    await clock.advance(1000);
    expect(rawOf(read(DATA, 8)).temperature).toBe(0x80000);
    air.temperature = 30;
    write(CTRL_MEAS, 0b001_001_00);
    await clock.advance(10);
    write(CTRL_MEAS, 0b001_001_01);
    await clock.advance(10);
    const step = rawOf(read(DATA, 8)).temperature - before;
    // A sixteenth of 10 °C.
    expect(step).toBeGreaterThan(1900);
    expect(step).toBeLessThan(2100);
  });
});

it('a look shows the air of the last conversion that ended, however many there were since the one before', async () => {
  // A degree a second; standby of 1000 ms (data sheet 5.4.6).
  const { write, read, clock } = realPart({ ambient: (ms) => ({ ...REAL_AIR(ms), temperature: ms / 1000 }) });
  write(CONFIG, 0b101_000_00, CTRL_MEAS, NORMAL_T1_P1);
  read(DATA, 8);
  await clock.advance(30_000);
  const shown = compensateTemperature(REAL_CALIBRATION, rawOf(read(DATA, 8)).temperature);
  expect(shown).toBeGreaterThan(28.9);
  expect(shown).toBeLessThan(30);
});

describe('the resolution', () => {
  it.each([
    [1, 0x0f],
    [2, 0x07],
    [3, 0x03],
    [4, 0x01],
    [5, 0x00],
    [7, 0x00],
  ])('with the filter off and oversampling code %i leaves bits %i empty', async (code, empty) => {
    const seen = { pressure: 0, temperature: 0 };
    for (let i = 0; i < 40; i++) {
      const ambient = { temperature: 20 + i * 0.0077, pressure: 100_000 + i * 1.37, humidity: 50 };
      const { write, read, clock } = realPart({ ambient: () => ambient });
      write(CTRL_MEAS, (code << 5) | (code << 2) | 1);
      await clock.advance(100);
      const raw = rawOf(read(DATA, 8));
      seen.pressure |= raw.pressure;
      seen.temperature |= raw.temperature;
    }
    expect(seen.pressure & 0x0f).toBe(0x0f & ~empty);
    expect(seen.temperature & 0x0f).toBe(0x0f & ~empty);
  });

  it('with the filter on is 20 bits whatever the oversampling', async () => {
    const { write, read, clock } = realPart();
    write(CONFIG, 0x04, CTRL_MEAS, 0b001_001_01);
    await clock.advance(100);
    expect(rawOf(read(DATA, 8))).toMatchObject({ temperature: 0x81_7fb, pressure: 0x55_338 });
  });
});

describe('a skipped channel', () => {
  it.each([
    ['temperature', 0b000_001_01, 1, { temperature: 0x80000 }],
    ['pressure', 0b001_000_01, 1, { pressure: 0x80000 }],
    ['humidity', 0b001_001_01, 0, { humidity: 0x8000 }],
  ])('%s reads as its reset value, the others as measured', async (_, ctrlMeas, ctrlHum, skipped) => {
    const { write, read, clock } = realPart();
    write(CONFIG, 0x04, CTRL_HUM, ctrlHum, CTRL_MEAS, ctrlMeas);
    await clock.advance(100);
    expect(rawOf(read(DATA, 8))).toEqual({ temperature: 0x81_7fb, pressure: 0x55_338, humidity: 0x7913, ...skipped });
  });

  it('is never what a measured channel reads as', async () => {
    // Bosch's code makes 22.517194657120854 °C, 70188.56288151532 Pa, 63.59885883262047 %RH of this part's reset values.
    const ambient = { temperature: 22.517194657120854, pressure: 70188.56288151532, humidity: 63.59885883262047 };
    const filtered = realPart({ ambient: () => ambient });
    filtered.write(CONFIG, 0x04, CTRL_HUM, 1, CTRL_MEAS, 0b001_001_01);
    await filtered.clock.advance(100);
    expect(rawOf(filtered.read(DATA, 8))).toEqual({ temperature: 0x80001, pressure: 0x80001, humidity: 0x8001 });
    const coarse = realPart({ ambient: () => ambient });
    coarse.write(CTRL_MEAS, 0b001_001_01);
    await coarse.clock.advance(100);
    expect(rawOf(coarse.read(DATA, 8))).toMatchObject({ temperature: 0x80010, pressure: 0x80010 });
  });
});

describe('noise', () => {
  const spread = async (config: number, ctrlMeas: number) => {
    const { write, read, clock } = realPart({ noise: rootRng('noise') });
    write(CONFIG, config, CTRL_HUM, 5, CTRL_MEAS, ctrlMeas);
    await clock.advance(10_000);
    const pressures: number[] = [];
    for (let i = 0; i < 400; i++) {
      await clock.advance(10_000);
      pressures.push(rawOf(read(DATA, 8)).pressure);
    }
    const mean = pressures.reduce((sum, value) => sum + value) / pressures.length;
    return Math.sqrt(pressures.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pressures.length) * 0.17;
  };

  it('is some 1.3 Pa at x16, and 0.2 Pa behind the filter (data sheet 3.4.5)', async () => {
    expect(await spread(0x00, 0x57)).toBeGreaterThan(1.1);
    expect(await spread(0x00, 0x57)).toBeLessThan(1.5);
    expect(await spread(0x10, 0x57)).toBeGreaterThan(0.17);
    expect(await spread(0x10, 0x57)).toBeLessThan(0.29);
  });

  // Data sheet 3.4.5: 0.005 °C at x1 and 0.002 °C at x16, 0.07 and 0.02 %RH; a step is 0.00031 °C, 0.0056 %RH here.
  it.each([
    ['x1', 1, 0b001_001_11, { temperature: 0.005, humidity: 0.07 }],
    ['x16', 5, 0b101_101_11, { temperature: 0.002, humidity: 0.02 }],
  ])('of temperature and humidity at %s is their own', async (_, ctrlHum, ctrlMeas, rms) => {
    const { write, read, clock } = realPart({ noise: rootRng('noise') });
    write(CONFIG, 0, CTRL_HUM, ctrlHum, CTRL_MEAS, ctrlMeas);
    const samples: { temperature: number; humidity: number }[] = [];
    for (let i = 0; i < 1000; i++) {
      await clock.advance(1000);
      samples.push(rawOf(read(DATA, 8)));
    }
    const measured = (channel: 'temperature' | 'humidity') => {
      const mean = samples.reduce((sum, sample) => sum + sample[channel], 0) / samples.length;
      return Math.sqrt(samples.reduce((sum, sample) => sum + (sample[channel] - mean) ** 2, 0) / samples.length);
    };
    for (const [value, expected] of [
      [measured('temperature') * 0.00031, rms.temperature],
      [measured('humidity') * 0.0056, rms.humidity],
    ] as const) {
      expect(value).toBeGreaterThan(0.9 * expected);
      expect(value).toBeLessThan(1.1 * expected);
    }
  });

  // Data sheet 3.4.4: the filter's memory is empty after a reset, so that the first sample passes unfiltered.
  it('of the first sample behind the filter is that of a sample without it', async () => {
    const firsts: number[] = [];
    for (let part = 0; part < 400; part++) {
      const { write, read, clock } = realPart({ noise: rootRng('noise').fork('part', part) });
      write(CONFIG, 0x10, CTRL_MEAS, 0x55);
      await clock.advance(1000);
      firsts.push(rawOf(read(DATA, 8)).pressure);
    }
    const mean = firsts.reduce((sum, value) => sum + value) / firsts.length;
    const rms = Math.sqrt(firsts.reduce((sum, value) => sum + (value - mean) ** 2, 0) / firsts.length) * 0.17;
    expect(rms).toBeGreaterThan(1.1);
    expect(rms).toBeLessThan(1.5);
  });
});

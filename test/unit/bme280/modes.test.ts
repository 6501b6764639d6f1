import { describe, expect, it } from 'vitest';
import { conversionTime } from '../../../emulator/bme280/index.ts';
import { fromHex, REAL_AIR, REAL_PART, rawOf, realPart } from '../../support/bme280.ts';

const CTRL_HUM = 0xf2;
const STATUS = 0xf3;
const CTRL_MEAS = 0xf4;
const CONFIG = 0xf5;
const DATA = 0xf7;
const MEASURING = 0x08;
const NOTHING = [0x80, 0, 0, 0x80, 0, 0, 0x80, 0];

describe('the conversion time', () => {
  it.each([
    ['T x1, P x4 (the data sheet’s example)', 0b001_011_00, 0, 11.5],
    ['T x2, P x16, H x1 (the firmware’s settings)', 0b010_101_00, 1, 40],
    ['everything x16, by its highest code', 0b111_111_00, 7, 98],
    ['humidity alone', 0, 2, 5.5],
    ['nothing', 0, 0, 1],
  ])('with %s', (_, ctrlMeas, ctrlHum, milliseconds) => {
    expect(conversionTime(ctrlMeas, ctrlHum)).toBe(milliseconds);
  });
});

describe('sleep mode', () => {
  it('measures nothing', async () => {
    const { write, read, clock } = realPart();
    write(CTRL_HUM, 1, CTRL_MEAS, 0x54);
    await clock.advance(60_000);
    expect(read(STATUS)).toEqual([0]);
    expect(read(DATA, 8)).toEqual(NOTHING);
  });

  it('keeps the last sample', async () => {
    const { write, read, clock } = realPart();
    write(CONFIG, 0x10, CTRL_HUM, 1, CTRL_MEAS, 0x55);
    await clock.advance(60_000);
    expect(read(DATA, 8)).toEqual([...fromHex(REAL_PART.data)]);
  });
});

describe('forced mode', () => {
  it.each([0x55, 0x56])('measures once for %i and reads back as sleep', async (ctrlMeas) => {
    const { write, read, clock } = realPart();
    await clock.advance(5);
    write(CONFIG, 0x10, CTRL_HUM, 1, CTRL_MEAS, ctrlMeas);
    await clock.advance(1);
    expect(read(STATUS)).toEqual([MEASURING]);
    expect(read(CTRL_MEAS)).toEqual([ctrlMeas]);
    await clock.advance(39);
    expect(read(STATUS)).toEqual([0]);
    expect(read(CTRL_MEAS)).toEqual([0x54]);
    expect(read(DATA, 8)).toEqual([...fromHex(REAL_PART.data)]);
  });

  it('needs a new write for each sample', async () => {
    let temperature = 20;
    const { write, read, clock } = realPart({ ambient: () => ({ ...REAL_AIR(0), temperature }) });
    write(CTRL_MEAS, 0x55);
    await clock.advance(100);
    const first = read(DATA, 8);
    temperature = 30;
    await clock.advance(60_000);
    expect(read(DATA, 8)).toEqual(first);
    write(CTRL_MEAS, 0x55);
    await clock.advance(100);
    expect(read(DATA, 8)).not.toEqual(first);
  });
});

describe('normal mode', () => {
  it('has its first sample at the typical conversion time and not before', async () => {
    const { write, read, clock } = realPart();
    write(CONFIG, 0x10, CTRL_HUM, 1, CTRL_MEAS, 0x57);
    await clock.advance(39.99);
    expect(read(DATA, 8)).toEqual(NOTHING);
    await clock.advance(0.01);
    expect(read(DATA, 8)).toEqual([...fromHex(REAL_PART.data)]);
  });

  it('measures and stands by in turn', async () => {
    const { write, read, clock } = realPart();
    await clock.advance(5);
    write(CONFIG, 0x20, CTRL_MEAS, 0b001_011_11); // 11.5 ms, then 62.5 ms
    const isMeasuring = async (milliseconds: number) => {
      await clock.advance(milliseconds);
      return read(STATUS)[0] === MEASURING;
    };
    expect(await isMeasuring(11.4)).toBe(true);
    expect(await isMeasuring(0.1)).toBe(false);
    expect(await isMeasuring(62.4)).toBe(false);
    expect(await isMeasuring(0.5)).toBe(true);
    expect(await isMeasuring(11.2)).toBe(false);
    expect(await isMeasuring(74 * 13)).toBe(false);
    expect(await isMeasuring(62.6)).toBe(true);
  });

  it('stands by for its own part’s time', async () => {
    const { write, read, clock } = realPart({ standbyDrift: 0.04 });
    await clock.advance(5);
    write(CONFIG, 0x20, CTRL_MEAS, 0b001_011_11); // 11.5 ms, then 65 ms
    await clock.advance(11.5 + 64.9);
    expect(read(STATUS)).toEqual([0]);
    await clock.advance(0.3);
    expect(read(STATUS)).toEqual([MEASURING]);
  });

  it.each([
    [0, 0.5],
    [1, 62.5],
    [2, 125],
    [3, 250],
    [4, 500],
    [5, 1000],
    [6, 10],
    [7, 20],
  ])('stands by with code %i for %d ms', async (code, standby) => {
    const { write, read, clock } = realPart();
    write(CONFIG, code << 5, CTRL_MEAS, 0b001_000_11); // 3 ms
    await clock.advance(3 + standby - 0.05);
    expect(read(STATUS)).toEqual([0]);
    await clock.advance(0.25);
    expect(read(STATUS)).toEqual([MEASURING]);
  });

  it('follows the air', async () => {
    let temperature = 20;
    const { write, read, clock } = realPart({ ambient: () => ({ ...REAL_AIR(0), temperature }) });
    write(CTRL_MEAS, 0x57);
    await clock.advance(40);
    const before = rawOf(read(DATA, 8)).temperature;
    temperature = 21;
    await clock.advance(40.5);
    // 1 °C is some 3200 steps of 20 bits.
    expect(rawOf(read(DATA, 8)).temperature - before).toBeGreaterThan(3100);
  });
});

// Data sheet 3.3: forced mode begins a measurement when it is written, wherever a standby has come to.
describe('a mode change in a standby of 1000 ms', () => {
  const inStandby = async (ctrlMeas: number) => {
    const part = realPart();
    part.write(CONFIG, 0xa0, CTRL_MEAS, 0b001_011_11); // 11.5 ms
    await part.clock.advance(500);
    expect(part.read(STATUS)).toEqual([0]);
    part.write(CTRL_MEAS, ctrlMeas);
    return part;
  };

  it('to forced begins at once, and ends in sleep', async () => {
    const { clock, read } = await inStandby(0b001_011_01);
    await clock.advance(11.4);
    expect(read(STATUS)).toEqual([MEASURING]);
    await clock.advance(0.1);
    expect([read(STATUS), read(CTRL_MEAS)]).toEqual([[0], [0b001_011_00]]);
    await clock.advance(1000);
    expect(read(STATUS)).toEqual([0]);
  });

  it('to sleep ends it, and normal mode from there begins at once', async () => {
    const { clock, read, write } = await inStandby(0b001_011_00);
    await clock.advance(600);
    expect(read(STATUS)).toEqual([0]);
    write(CTRL_MEAS, 0b001_011_11);
    await clock.advance(1);
    expect(read(STATUS)).toEqual([MEASURING]);
  });

  it('to normal again lets the standby end', async () => {
    const { clock, read } = await inStandby(0b010_011_11);
    await clock.advance(511);
    expect(read(STATUS)).toEqual([0]);
    await clock.advance(1);
    expect(read(STATUS)).toEqual([MEASURING]);
  });
});

describe('a mode change during a conversion', () => {
  it('waits for its end', async () => {
    const { write, read, clock } = realPart();
    write(CONFIG, 0x10, CTRL_HUM, 1, CTRL_MEAS, 0x57);
    await clock.advance(10);
    write(CTRL_MEAS, 0x54);
    expect(read(STATUS)).toEqual([MEASURING]);
    expect(read(CTRL_MEAS)).toEqual([0x54]);
    await clock.advance(30);
    expect(read(DATA, 8)).toEqual([...fromHex(REAL_PART.data)]);
    await clock.advance(20);
    expect(read(STATUS)).toEqual([0]);
  });

  it('makes further ones and writes to ctrl_hum be ignored until then', async () => {
    const { write, read, clock } = realPart();
    write(CTRL_HUM, 1, CTRL_MEAS, 0x57);
    await clock.advance(10);
    write(CTRL_MEAS, 0x54);
    write(CTRL_MEAS, 0x27);
    write(CTRL_HUM, 5);
    expect(read(CTRL_HUM)).toEqual([1]);
    expect(read(CTRL_MEAS)).toEqual([0x54]);
    await clock.advance(30);
    write(CTRL_HUM, 5);
    write(CTRL_MEAS, 0x27);
    expect(read(CTRL_HUM)).toEqual([5]);
    expect(read(CTRL_MEAS)).toEqual([0x27]);
  });

  it('from forced to normal starts the cycle where the forced conversion ends', async () => {
    const { write, read, clock } = realPart();
    await clock.advance(5);
    write(CTRL_MEAS, 0b001_000_01); // 3 ms
    await clock.advance(1);
    write(CTRL_MEAS, 0b001_000_11);
    await clock.advance(4.9);
    expect(read(STATUS)).toEqual([MEASURING]);
    await clock.advance(0.1);
    expect(read(STATUS)).toEqual([0]);
  });

  it('can be a new oversampling, for the next conversion of the cycle', async () => {
    const { write, read, clock } = realPart();
    await clock.advance(5);
    write(CTRL_MEAS, 0b001_000_11); // 3 ms, then 0.5 ms
    await clock.advance(1);
    write(CTRL_MEAS, 0b001_001_11); // 5.5 ms
    expect(read(DATA, 3)).toEqual([0x80, 0, 0]);
    await clock.advance(2 + 0.5 + 5.4);
    expect(read(DATA, 3)).toEqual([0x80, 0, 0]);
    await clock.advance(0.1);
    expect(read(DATA, 3)).not.toEqual([0x80, 0, 0]);
  });
});

describe('what is over', () => {
  // Data sheet 4.3: a soft reset is a power-on reset; 5.4.2: reset values are 00.
  it('a reset drops a change of mode that waits, and the conversion', async () => {
    const { write, read, clock } = realPart();
    write(CONFIG, 0x10, CTRL_HUM, 1, CTRL_MEAS, 0x57);
    await clock.advance(10);
    write(CTRL_MEAS, 0x55);
    write(0xe0, 0xb6);
    expect([read(CTRL_MEAS), read(CTRL_HUM), read(CONFIG)]).toEqual([[0], [0], [0]]);
    await clock.advance(1000);
    expect([read(STATUS), read(CTRL_MEAS), read(DATA, 8)]).toEqual([[0], [0], NOTHING]);
    write(CTRL_MEAS, 0x57);
    expect(read(CTRL_MEAS)).toEqual([0x57]);
  });

  // Data sheet, tables 20 to 24: a channel that is skipped reads 80000 or 8000, whatever it read before.
  it.each([
    ['temperature', 0b000_001_01, 1, [3, 6], [0x80, 0, 0]],
    ['pressure', 0b001_000_01, 1, [0, 3], [0x80, 0, 0]],
    ['humidity', 0b001_001_01, 0, [6, 8], [0x80, 0]],
  ] as const)('a sample without %s has none', async (_channel, ctrlMeas, ctrlHum, [from, to], none) => {
    const { write, read, clock } = realPart();
    write(CTRL_HUM, 1, CTRL_MEAS, 0b001_001_01);
    await clock.advance(100);
    const before = read(DATA, 8);
    expect(before.slice(from, to)).not.toEqual(none);
    write(CTRL_HUM, ctrlHum, CTRL_MEAS, ctrlMeas);
    await clock.advance(100);
    const after = read(DATA, 8);
    expect(after.slice(from, to)).toEqual(none);
    const others = (bytes: number[]) => [...bytes.slice(0, from), ...bytes.slice(to)];
    expect(others(after).some((byte, index) => byte !== others(NOTHING)[index])).toBe(true);
  });
});

describe('ctrl_hum', () => {
  it('Quirk: osrs_h is readable at once but takes effect only with the next write to ctrl_meas', async () => {
    const { write, read, clock } = realPart();
    write(CTRL_MEAS, 0x57);
    await clock.advance(37.5); // without humidity
    write(CTRL_HUM, 1);
    expect(read(CTRL_HUM)).toEqual([1]);
    await clock.advance(10_000);
    expect(read(0xfd, 2)).toEqual([0x80, 0]);
    write(CTRL_MEAS, 0x57);
    await clock.advance(100);
    expect(read(0xfd, 2)).toEqual([0x79, 0x13]);
  });
});

describe('a burst', () => {
  it('shows one sample even if the next one finishes meanwhile', async () => {
    let temperature = 20;
    const { write, chip, clock } = realPart({ ambient: () => ({ ...REAL_AIR(0), temperature }) });
    write(CTRL_MEAS, 0x57);
    await clock.advance(40);
    const whole = (() => {
      write(DATA);
      return [...(chip.read(8, true) ?? [])];
    })();
    write(DATA);
    const head = chip.read(4, false) ?? [];
    temperature = 30;
    await clock.advance(100);
    const tail = chip.read(4, true) ?? [];
    expect([...head, ...tail]).toEqual(whole);
    write(DATA);
    expect([...(chip.read(8, true) ?? [])]).not.toEqual(whole);
  });

  it('that had no STOP ends with the next write', async () => {
    let temperature = 20;
    const { write, chip, clock } = realPart({ ambient: () => ({ ...REAL_AIR(0), temperature }) });
    const fresh = () => {
      write(DATA);
      return [...(chip.read(8, true) ?? [])];
    };
    write(CTRL_MEAS, 0x57);
    await clock.advance(40);
    write(DATA);
    chip.read(4, false);
    write(DATA);
    temperature = 30;
    await clock.advance(100);
    const after = [...(chip.read(8, true) ?? [])];
    expect(after).toEqual(fresh());
  });
});

describe('status', () => {
  it('shows im_update for a moment before each conversion', async () => {
    const { write, read, clock } = realPart();
    await clock.advance(5);
    write(CTRL_MEAS, 0x57);
    expect(read(STATUS)).toEqual([MEASURING | 0x01]);
    await clock.advance(1);
    expect(read(STATUS)).toEqual([MEASURING]);
  });
});

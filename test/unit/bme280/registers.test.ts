import { describe, expect, it } from 'vitest';
import { ADDRESS_NACK } from '../../../emulator/i2c/index.ts';
import { fromHex, REAL_PART, realPart } from '../../support/bme280.ts';

const ID = 0xd0;
const RESET = 0xe0;
const CTRL_HUM = 0xf2;
const STATUS = 0xf3;
const CTRL_MEAS = 0xf4;
const CONFIG = 0xf5;
const DATA = 0xf7;

describe('the memory map', () => {
  it('holds the reset values of the data sheet', () => {
    const { read } = realPart();
    expect(read(ID)).toEqual([0x60]);
    expect(read(RESET)).toEqual([0]);
    expect(read(CTRL_HUM)).toEqual([0]);
    expect(read(CTRL_MEAS, 2)).toEqual([0, 0]);
    expect(read(DATA, 8)).toEqual([0x80, 0, 0, 0x80, 0, 0, 0x80, 0]);
  });

  it('shows the trimming values of the part', () => {
    const { read } = realPart();
    expect(read(0x88, 26)).toEqual([...fromHex(REAL_PART.calib00)]);
    expect(read(0xe1, 7)).toEqual([...fromHex(REAL_PART.calib26)]);
    expect(read(0xa1)).toEqual([0x4b]);
  });

  it('keeps only the bits that exist', () => {
    const { write, read } = realPart();
    write(CTRL_HUM, 0xff, CONFIG, 0xff);
    expect(read(CTRL_HUM)).toEqual([0x07]);
    expect(read(CONFIG)).toEqual([0xfd]);
  });

  it('cannot be written where it is read-only', () => {
    const { write, read } = realPart();
    for (const register of [0x88, 0xa1, ID, 0xe1, STATUS, DATA, 0xfe]) {
      const before = read(register);
      write(register, 0x5a);
      expect(read(register)).toEqual(before);
    }
  });
});

describe('the bus', () => {
  it('takes writes as pairs and never counts on by itself', () => {
    const { write, read } = realPart();
    write(CTRL_HUM, 0x01, CONFIG, 0x10, CTRL_MEAS, 0x54);
    expect(read(CTRL_HUM)).toEqual([0x01]);
    expect(read(CTRL_MEAS, 2)).toEqual([0x54, 0x10]);
  });

  it('takes a register without value for a new pointer alone', () => {
    const { write, chip, read } = realPart();
    write(CTRL_MEAS, 0x54, CONFIG);
    expect([...(chip.read(1, true) ?? [])]).toEqual([0]);
    expect(read(CTRL_MEAS)).toEqual([0x54]);
  });

  it('leaves the pointer on the register written last', () => {
    const { write, chip } = realPart();
    write(CTRL_HUM, 0x01, CTRL_MEAS, 0x54);
    expect(chip.read(1, true)).toEqual(Uint8Array.of(0x54));
  });

  it('keeps the pointer over STOP and counts on with every byte read', () => {
    const { write, chip } = realPart();
    write(0xcf);
    expect(chip.read(1, true)).toEqual(Uint8Array.of(0));
    expect(chip.read(1, true)).toEqual(Uint8Array.of(0x60));
    write();
    expect(chip.read(1, true)).toEqual(Uint8Array.of(0));
  });

  it('acknowledges during start-up, reports im_update and takes what is written', () => {
    const { write, read, chip } = realPart();
    expect(read(STATUS)).toEqual([0x01]);
    write(CONFIG, 0x10);
    expect(read(CONFIG)).toEqual([0x10]);
    expect(chip.read(1, true)).toBeDefined();
  });

  it('acknowledges nothing during start-up where it is told to be strict', async () => {
    const { write, chip, clock } = realPart({ startUp: 'nack' });
    await clock.advance(1.9);
    expect(write(CONFIG, 0x10)).toEqual(ADDRESS_NACK);
    expect(chip.read(1, true)).toBeUndefined();
    await clock.advance(0.1);
    expect(write(STATUS)).toEqual({ ack: 'ack' });
    expect(chip.read(1, true)).toEqual(Uint8Array.of(0));
  });
});

describe('reset', () => {
  const busy = async () => {
    const part = realPart();
    part.write(CTRL_HUM, 0x01, CONFIG, 0x10, CTRL_MEAS, 0x57);
    await part.clock.advance(100);
    expect(part.read(DATA, 8)).toEqual([...fromHex(REAL_PART.data)]);
    return part;
  };
  const expectReset = async ({ read, clock }: Awaited<ReturnType<typeof busy>>) => {
    expect(read(CTRL_HUM, 4)).toEqual([0, 0x01, 0, 0]);
    expect(read(DATA, 8)).toEqual([0x80, 0, 0, 0x80, 0, 0, 0x80, 0]);
    await clock.advance(100);
    expect(read(CTRL_HUM, 4)).toEqual([0, 0, 0, 0]);
    expect(read(DATA, 8)).toEqual([0x80, 0, 0, 0x80, 0, 0, 0x80, 0]);
  };

  it('happens on B6 and returns everything to its reset value', async () => {
    const part = await busy();
    part.write(RESET, 0xb6);
    expect(part.read(RESET)).toEqual([0]);
    await expectReset(part);
  });

  it('happens on a power cycle', async () => {
    const part = await busy();
    part.chip.powerCycle();
    await expectReset(part);
  });

  it('does not happen on any other value', async () => {
    const part = await busy();
    for (let value = 0; value < 256; value++) if (value !== 0xb6) part.write(RESET, value);
    expect(part.read(CTRL_MEAS, 2)).toEqual([0x57, 0x10]);
  });
});

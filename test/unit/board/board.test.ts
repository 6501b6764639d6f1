import { describe, expect, it } from 'vitest';
import { factoryMemory } from '../../../emulator/atecc608/index.ts';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { AteccDriver } from '../../../emulator/host-library/index.ts';
import type { Pace } from '../../../emulator/i2c/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { Board } from '../../../src/board/board.ts';
import { BoardClock } from '../../../src/board/board-clock.ts';
import { ChipMount } from '../../../src/board/chip-mount.ts';
import { hex, packet, SERIAL_NUMBER, toHex } from '../../support/atecc608.ts';

const [one, other] = [{}, {}];
const command = (...parameters: Parameters<typeof packet>) => Uint8Array.of(3, ...packet(...parameters));
const INFO = command(0x30);
const GEN_KEY_OF_UNLOCKED = command(0x40, 0x04, 0);
const WRITE_CONFIG = command(0x12, 0x00, 5, hex('8F208F20'));
const [ACK, NACK] = [{ ack: 'ack' }, { ack: 'address-nack' }];

/** A board on a manual clock; what its chip writes is kept when the test says so. */
function makeBoard(pace: Pace = 'fast', keep?: (memory: Uint8Array) => Promise<void>) {
  const clock = new ManualClock();
  const time = new BoardClock(clock);
  const memory = factoryMemory({ serialNumber: SERIAL_NUMBER });
  const chip = new ChipMount({ variant: 'ATECC608A', memory, rng: rootRng('board'), clock: time, pace, keep });
  return {
    clock,
    chip,
    board: new Board({ chips: [chip], sensor: undefined, clock: time, pace, rng: rootRng('faults') }),
  };
}

/** A keeper that is slow; `end` ends what is being kept, well or not. */
function slowKeeper() {
  const kept: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const keep = (memory: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      kept.push(toHex(memory.slice(20, 24)));
      ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  return { kept, keep, end: (error?: Error) => ends.shift()?.(error) };
}

const isSettled = (promise: unknown) =>
  Promise.race([promise, Promise.resolve('pending')]).then((is) => is !== 'pending');

describe('a board', () => {
  it('answers at once in fast pace', () => {
    const { board } = makeBoard();
    board.write(one, 0, hex('00'));
    expect(board.write(one, 0x60, INFO)).toEqual(ACK);
    expect(toHex(board.read(other, 0x60, 5) as Uint8Array)).toBe('0700006002');
  });

  it('does not acknowledge in hardware pace until the command has had its time: 5 ms for Info, 115 for GenKey', async () => {
    const { board, clock } = makeBoard('hardware');
    for (const [sent, ms] of [
      [INFO, 5],
      [GEN_KEY_OF_UNLOCKED, 115],
    ] as const) {
      board.write(one, 0, hex('00'));
      expect(board.write(one, 0x60, sent)).toEqual(ACK);
      await clock.advance(ms - 0.1);
      expect(board.read(one, 0x60, 1)).toBeUndefined();
      expect(board.write(one, 0x60, hex('00'))).toEqual(NACK);
      await clock.advance(0.1);
      expect(board.read(one, 0x60, 1)).toBeDefined();
      board.write(one, 0x60, hex('02'));
    }
  });

  it('answers a write that changed the memory when that is kept, and makes others wait', async () => {
    const { keep, kept, end } = slowKeeper();
    const { board } = makeBoard('fast', keep);
    board.write(one, 0, hex('00'));
    const writing = board.write(one, 0x60, WRITE_CONFIG);
    const reading = board.read(other, 0x60, 4);
    expect(await isSettled(writing)).toBe(false);
    expect(await isSettled(reading)).toBe(false);
    expect(kept).toEqual(['8F208F20']);
    end();
    expect(await writing).toEqual(ACK);
    expect(toHex((await reading) as Uint8Array)).toBe('04000340');
    expect(kept).toHaveLength(1);
  });

  it('lets a slow disk expire no watchdog', async () => {
    const { keep, end } = slowKeeper();
    const { board, clock } = makeBoard('fast', keep);
    board.write(one, 0, hex('00'));
    await clock.advance(1000);
    const writing = board.write(one, 0x60, WRITE_CONFIG);
    await clock.advance(60_000);
    end();
    expect(await writing).toEqual(ACK);
    await clock.advance(299);
    expect(board.read(one, 0x60, 1)).toEqual(hex('04'));
    await clock.advance(1);
    expect(board.read(one, 0x60, 1)).toBeUndefined();
  });

  it('answers nothing whose memory could not be kept', async () => {
    const { keep, end } = slowKeeper();
    const { board } = makeBoard('fast', keep);
    board.write(one, 0, hex('00'));
    const writing = board.write(one, 0x60, WRITE_CONFIG);
    end(new Error('the disk is full'));
    await expect(writing).rejects.toThrow('the disk is full');
  });

  it('finds a chip at the address that its configuration gives it, from its next sleep on', () => {
    const { board, chip } = makeBoard();
    board.write(one, 0, hex('00'));
    // I2C_Address B0, 58 in 7 bits.
    expect(board.write(one, 0x60, command(0x12, 0x00, 4, hex('B0000000')))).toEqual(ACK);
    expect(chip.address).toBe(0x60);
    board.write(one, 0x60, hex('01'));
    board.write(one, 0, hex('00'));
    expect(board.write(one, 0x60, INFO)).toEqual(NACK);
    expect(board.write(one, 0x58, INFO)).toEqual(ACK);
  });

  it('begins a new chip without power, and keeps it before anybody is told', async () => {
    const { keep, kept, end } = slowKeeper();
    const { board, chip } = makeBoard('fast', keep);
    board.write(one, 0, hex('00'));
    const memory = chip.snapshot();
    memory.set(hex('01020304'), 20);
    const replaced = board.meanwhile(one, () => chip.replace(memory));
    expect(await isSettled(replaced)).toBe(false);
    expect(kept).toEqual(['01020304']);
    end();
    await replaced;
    expect(board.read(one, 0x60, 4)).toBeUndefined();
    expect(chip.serialNumber).toEqual(SERIAL_NUMBER);
  });
});

describe('a driver on a board', () => {
  const REVISION = hex('00006002');
  const info = (board: Board) => board.drive(one, (i2c) => new AteccDriver(i2c).info());

  it('takes no time in fast pace', async () => {
    const { board, clock } = makeBoard();
    expect(await info(board)).toEqual(REVISION);
    expect(clock.now()).toBe(0);
    expect(board.write(other, 0, hex('00'))).toEqual(NACK);
  });

  it('takes its time in hardware pace, in which nobody else has the bus', async () => {
    const { board, clock } = makeBoard('hardware');
    // A driver's time begins with its work, wherever the board's is.
    await clock.advance(5000);
    const driven = info(board);
    const waiting = board.write(other, 0, hex('00'));
    // 10 ms for the wake, 5 for Info, and no poll later than 2 ms behind that; some 30 bytes at 100 kHz.
    await clock.advance(15);
    expect(await Promise.all([isSettled(driven), isSettled(waiting)])).toEqual([false, false]);
    await clock.advance(8);
    expect(await driven).toEqual(REVISION);
    expect(await waiting).toEqual(NACK);
    await clock.advance(100);
    // What it took has passed for the parts once, and not again while it passed for the machine.
    expect(board.clock.now()).toBeCloseTo(clock.now(), 6);
  });

  it('is over when what it wrote is kept', async () => {
    const { keep, kept, end } = slowKeeper();
    const { board, clock } = makeBoard('fast', keep);
    const driven = board.drive(one, (i2c) => new AteccDriver(i2c).write('config', 5, hex('8F208F20')));
    await clock.advance(1);
    expect(kept).toEqual(['8F208F20']);
    expect(await isSettled(driven)).toBe(false);
    end();
    await driven;
  });

  it('gives the bus back when it fails, and sees what is wrong on it', async () => {
    const { board } = makeBoard();
    board.addFault({ kind: 'nack', address: 0x60, transfers: 1 });
    await expect(info(board)).rejects.toMatchObject({ code: 'EMU_E_CHIP_WAKE' });
    expect(await info(board)).toEqual(REVISION);
    board.addFault({ kind: 'busy', address: 0x60 });
    await expect(info(board)).rejects.toThrow();
  });

  it('is in the transcript with the time of each transfer', async () => {
    const { board, clock } = makeBoard('hardware');
    const times: number[] = [];
    board.listen(({ time }) => times.push(time ?? Number.NaN));
    const driven = info(board);
    await clock.advance(100);
    await driven;
    expect(times.length).toBeGreaterThan(4);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeGreaterThan((times[0] ?? 0) + 15);
  });

  it('counts the times that the whole board was powered up', () => {
    const { board } = makeBoard();
    const before = board.powerUps;
    board.powerCycle(0x60);
    expect(board.powerUps).toBe(before);
    board.powerCycle();
    expect(board.powerUps).toBe(before + 1);
  });
});

import { describe, expect, it } from 'vitest';
import { factoryMemory } from '../../../emulator/atecc608/index.ts';
import { ManualClock } from '../../../emulator/clock/index.ts';
import type { Pace } from '../../../emulator/i2c/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { Board } from '../../../src/board/board.ts';
import { BoardClock } from '../../../src/board/board-clock.ts';
import { ChipMount } from '../../../src/board/chip-mount.ts';
import { hex, packet, SERIAL_NUMBER } from '../../support/atecc608.ts';

const CHIP = 0x60;
const INFO = Uint8Array.of(3, ...packet(0x30));
const NOTHING = hex('');

/** A board whose master is late by `lateMs` before each of its requests. */
function bench(pace: Pace, lateMs = 0) {
  const machine = new ManualClock();
  const clock = new BoardClock(machine);
  const memory = factoryMemory({ serialNumber: SERIAL_NUMBER });
  const chip = new ChipMount({ variant: 'ATECC608A', memory, rng: rootRng('board'), clock, pace });
  const board = new Board({ chips: [chip], sensor: undefined, clock, pace, rng: rootRng('faults') });
  const lines: string[] = [];
  const began = lateMs;
  board.listen(({ kind, time = 0, result }) => lines.push(`${(time - began).toFixed(2)} ${kind} ${result.ack}`));
  const master = {};
  /** Resolves when the request is answered, to when that was. */
  const request = async (what: (board: Board) => unknown): Promise<number> => {
    await machine.advance(lateMs);
    let answeredAt: number | undefined;
    Promise.resolve(what(board)).then(() => {
      answeredAt = machine.now();
    });
    for (let i = 0; i < 20_000 && answeredAt === undefined; i++) await machine.advance(i === 0 ? 0 : 1);
    if (answeredAt === undefined) throw new Error('not answered');
    return answeredAt;
  };
  const write = (address: number, bytes: Uint8Array) => request((on) => on.write(master, address, bytes));
  const read = (length: number) => request((on) => on.read(master, CHIP, length));
  const wait = (ms: number) => request((on) => on.wait(master, ms));
  /** As docs/timing.md has it: wake, send, poll, receive. */
  const info = async () => {
    await write(0, NOTHING);
    await wait(10);
    await read(4);
    await write(CHIP, INFO);
    await wait(1);
    for (let poll = 0; poll < 3; poll++) {
      await read(1);
      if (poll < 2) await wait(2);
    }
    return read(6);
  };
  return { machine, board, master, lines, write, read, wait, info };
}

// At 100 kHz START and address take 0.10 ms, a byte 0.09, STOP 0.01. A write is shown when it is over, a read when its address is.
const INFO_LINES = [
  '0.11 write address-nack', // the wake pulse
  '10.21 read ack', // the greeting
  '11.41 write ack', // 8 bytes
  '12.51 read address-nack', // the chip takes 5 ms
  '14.62 read address-nack',
  '16.73 read ack',
  '16.93 read ack', // behind 1 byte and STOP: START and address again
];

describe('the time of a master that says what its driver waits', () => {
  it('moves by transfers and waits alone, however late the master is', async () => {
    for (const lateMs of [0, 7, 900]) {
      const { lines, wait, info } = bench('hardware', lateMs);
      await wait(0);
      await info();
      expect(lines).toEqual(INFO_LINES);
    }
  });

  it('begins with the last request before its first wait', async () => {
    const { machine, board, lines, master } = bench('hardware');
    const spokeAt = board.clock.now();
    board.write(master, 0, NOTHING);
    await machine.advance(900);
    board.wait(master, 10, spokeAt);
    board.read(master, CHIP, 4);
    expect(lines).toEqual(['0.00 write address-nack', '10.10 read ack']);
    const [late, other] = [board.clock.now(), {}];
    await machine.advance(1100);
    board.wait(other, 10, late);
    board.read(other, CHIP, 4);
    expect(lines.at(-1)).toBe('2010.10 read address-nack');
  });

  it('is not behind in its answers: what it spent has passed, to the millisecond', async () => {
    const { machine, wait, info } = bench('hardware');
    await wait(0);
    expect(await info()).toBeGreaterThanOrEqual(Math.floor(16.93 + 0.54));
    const before = machine.now();
    expect((await wait(115)) - before).toBeGreaterThanOrEqual(115);
  });

  it('makes up for little lateness by shorter waits', async () => {
    const { machine, wait } = bench('hardware');
    await wait(0);
    await machine.advance(30);
    const before = machine.now();
    expect((await wait(100)) - before).toBe(70);
    await machine.advance(300);
    await wait(0);
    const later = machine.now();
    expect((await wait(100)) - later).toBe(100);
  });

  it('goes on by itself when the master says nothing for more than a second: the chip goes to sleep', async () => {
    const { machine, lines, wait, write, read } = bench('hardware');
    await wait(0);
    await write(0, NOTHING);
    await wait(10);
    await machine.advance(990);
    await read(4);
    await machine.advance(1400);
    await read(4);
    expect(lines[1]).toBe('10.21 read ack');
    expect(lines[2]).toMatch(/^1\d{3}\.\d\d read address-nack$/);
  });

  it('takes nothing in fast pace', async () => {
    const { machine, lines, wait, write, read } = bench('fast');
    expect(await wait(10_000)).toBe(0);
    await write(0, NOTHING);
    await wait(2000);
    await read(4);
    expect(machine.now()).toBe(0);
    expect(lines).toEqual(['0.00 write address-nack', '0.00 read ack']);
  });

  it("is that master's own: others are on real time, and the chip's never goes back", async () => {
    const { machine, board, lines, wait, write, read } = bench('hardware', 500);
    await wait(0);
    await write(0, NOTHING);
    const other = {};
    await machine.advance(100);
    const passed = machine.now() - 500;
    expect(board.read(other, CHIP, 4)).toEqual(hex('04113343'));
    await read(4);
    expect(lines).toEqual(['0.11 write address-nack', `${passed.toFixed(2)} read ack`, '0.21 read ack']);
  });
});

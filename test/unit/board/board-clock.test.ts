import { describe, expect, it } from 'vitest';
import { factoryMemory } from '../../../emulator/atecc608/index.ts';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { Board } from '../../../src/board/board.ts';
import { BoardClock } from '../../../src/board/board-clock.ts';
import { ChipMount } from '../../../src/board/chip-mount.ts';
import { hex, packet, SERIAL_NUMBER } from '../../support/atecc608.ts';

function makeClock() {
  const machine = new ManualClock({ start: 500 });
  const clock = new BoardClock(machine);
  const began = clock.now();
  return { machine, clock, passed: () => clock.now() - began };
}

describe('the time of a board', () => {
  it('is real time, whether somebody is connected or not', async () => {
    const { machine, clock, passed } = makeClock();
    machine.leap(3000);
    expect(passed()).toBe(3000);
    const leave = clock.attend();
    await machine.advance(3000);
    expect(passed()).toBe(6000);
    leave();
    machine.leap(3000);
    expect(passed()).toBe(9000);
    expect(machine.nextAlarm).toBeUndefined();
  });

  it('leaves out what the process was away while somebody was connected, whoever looks first', async () => {
    const { machine, clock, passed } = makeClock();
    clock.attend();
    await machine.advance(1000);
    machine.leap(3000);
    expect(passed()).toBe(1050);
    machine.leap(3000);
    await machine.advance(0);
    expect(passed()).toBe(1100);
  });

  it('is watched until the last one is gone', async () => {
    const { machine, clock, passed } = makeClock();
    const [leave, leaveToo] = [clock.attend(), clock.attend()];
    leave();
    machine.leap(3000);
    expect(passed()).toBe(50);
    leaveToo();
    expect(machine.nextAlarm).toBeUndefined();
  });

  it('stands still while a memory is being kept', async () => {
    const { machine, clock, passed } = makeClock();
    let end = () => {};
    const held = clock.hold(
      new Promise<void>((resolve) => {
        end = resolve;
      }),
    );
    await machine.advance(60_000);
    expect(passed()).toBe(0);
    end();
    await held;
    await machine.advance(10);
    expect(passed()).toBe(10);
  });

  it('counts in its alarms: what is left out comes on top', async () => {
    const { machine, clock } = makeClock();
    clock.attend();
    let rang: number | undefined;
    clock.alarm(1000, () => {
      rang = machine.now();
    });
    const cancel = clock.alarm(1000, () => {
      throw new Error('cancelled');
    });
    machine.leap(3000);
    await machine.advance(500);
    cancel();
    await machine.advance(1000);
    expect(rang).toBe(500 + 3000 + 950);
  });
});

describe('a chip on a board', () => {
  const INFO = Uint8Array.of(3, ...packet(0x30));

  function awakeChip() {
    const { machine, clock } = makeClock();
    const memory = factoryMemory({ serialNumber: SERIAL_NUMBER });
    const chip = new ChipMount({ variant: 'ATECC608A', memory, rng: rootRng('board'), clock, pace: 'hardware' });
    const board = new Board({ chips: [chip], sensor: undefined, clock, pace: 'fast', rng: rootRng('faults') });
    const master = {};
    clock.attend();
    board.write(master, 0, hex('00'));
    return { machine, board, master };
  }

  it('stays awake while this process is stopped between the wake and a command, and during the command', async () => {
    const { machine, board, master } = awakeChip();
    machine.leap(3000);
    expect(board.write(master, 0x60, INFO)).toEqual({ ack: 'ack' });
    machine.leap(3000);
    await machine.advance(5);
    expect(board.read(master, 0x60, 1)).toEqual(hex('07'));
  });

  it('goes to sleep when its master says nothing for 1.3 s', async () => {
    const { machine, board, master } = awakeChip();
    await machine.advance(1299);
    expect(board.read(master, 0x60, 4)).toEqual(hex('04113343'));
    await machine.advance(1);
    expect(board.read(master, 0x60, 4)).toBeUndefined();
  });
});

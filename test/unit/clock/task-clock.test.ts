import { describe, expect, it } from 'vitest';
import { ManualClock, sleep, TaskClock } from '../../../emulator/clock/index.ts';

/** A clock whose alarms ring late. */
class LateClock extends ManualClock {
  lateMs = 0;

  override alarm(delayMs: number, ring: () => void): () => void {
    return super.alarm(Math.max(0, delayMs) + this.lateMs, ring);
  }
}

/** Lets time pass until `waiting` is over. */
async function passed(clock: ManualClock, waiting: Promise<void> | undefined): Promise<void> {
  while (clock.nextAlarm !== undefined) await clock.advance(clock.nextAlarm - clock.now());
  await waiting;
}

describe('the time of a task', () => {
  it('begins at 0, wherever the clock of the machine stands', () => {
    const task = new TaskClock(new ManualClock({ start: 12_345 }));
    expect([task.now(), task.machineTime]).toEqual([0, 12_345]);
  });

  it('has passed at once for the task, and in one wait for everyone else', async () => {
    const clock = new ManualClock({ start: 100 });
    const task = new TaskClock(clock);
    for (const ms of [0.11, 10, 0.47]) task.spend(ms);
    expect(task.now()).toBeCloseTo(10.58, 9);
    expect(clock.now()).toBe(100);
    await passed(clock, task.settle());
    expect(clock.now()).toBeCloseTo(110.58, 9);
    expect(task.now()).toBeCloseTo(10.58, 9);
    expect(task.settle()).toBeUndefined();
  });

  it('moves by exactly what the firmware waits, however late the alarm rings', async () => {
    const clock = new LateClock();
    const task = new TaskClock(clock);
    for (clock.lateMs of [0, 0.7, 40, 3000, 86_400_000]) {
      const before = task.now();
      await passed(clock, sleep(task, 40));
      expect(task.now()).toBe(before + 40);
    }
  });

  it('does not move while the machine is away', async () => {
    const clock = new ManualClock();
    const task = new TaskClock(clock);
    task.spend(5);
    await clock.advance(3000);
    expect(task.now()).toBe(5);
    expect(task.settle()).toBeUndefined();
    expect(task.now()).toBe(5);
  });

  it('goes on with the clock of the machine after something outside, and never back', async () => {
    const clock = new ManualClock({ start: 50 });
    const task = new TaskClock(clock);
    await clock.advance(25);
    task.resume();
    expect(task.now()).toBe(25);
    task.spend(100);
    task.resume();
    expect(task.now()).toBe(125);
  });

  it('is handed on from one bus to the next', async () => {
    const clock = new LateClock({ start: 7 });
    const [first, second] = [new TaskClock(clock), new TaskClock(clock)];
    clock.lateMs = 3000;
    await passed(clock, sleep(first, 177.19));
    second.follow(first);
    expect([second.now(), second.machineTime]).toEqual([first.now(), first.machineTime]);
  });
});

describe('lateness', () => {
  /** Rests of 40 and 960 ms in turn; how many ended within `ms` of the machine's time. */
  async function restsWithin(ms: number, clock: ManualClock, task: TaskClock): Promise<number> {
    let rests = 0;
    const rest = () => {
      rests++;
      task.alarm(rests % 2 === 0 ? 40 : 960, rest);
    };
    task.alarm(40, rest);
    await clock.advance(ms);
    return rests;
  }

  it('does not add up', async () => {
    const clock = new LateClock();
    clock.lateMs = 15;
    expect(await restsWithin(100_015, clock, new TaskClock(clock))).toBe(200);
  });

  it('of more than the task makes up for is forgotten, and ends in no burst', async () => {
    const clock = new LateClock();
    const task = new TaskClock(clock, { catchUpMs: 500 });
    clock.lateMs = 3000;
    const first = sleep(task, 1000);
    clock.lateMs = 0;
    await clock.advance(4000);
    await first;
    expect([task.now(), task.machineTime]).toEqual([1000, 4000]);
    expect(await restsWithin(999, clock, task)).toBe(1);
  });

  it('is made up for where it is less', async () => {
    const clock = new LateClock();
    const task = new TaskClock(clock, { catchUpMs: 500 });
    clock.lateMs = 400;
    const first = sleep(task, 1000);
    clock.lateMs = 0;
    await clock.advance(1400);
    await first;
    expect(await restsWithin(600, clock, task)).toBe(2);
  });

  it('is forgotten where nothing was waited for, too', async () => {
    const clock = new ManualClock();
    const task = new TaskClock(clock);
    await clock.advance(3000);
    expect(task.settle()).toBeUndefined();
    expect([task.now(), task.machineTime]).toEqual([0, 3000]);
  });
});

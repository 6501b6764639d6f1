import { expect, test } from 'vitest';
import { ManualClock, TaskClock } from '../../../emulator/clock/index.ts';

/** A clock whose alarms ring late. */
class LateClock extends ManualClock {
  lateMs = 0;

  override alarm(delayMs: number, ring: () => void): () => void {
    return super.alarm(delayMs + this.lateMs, ring);
  }
}

/** Settles, and returns by how much the task is ahead of the clock then. */
async function settled(clock: ManualClock, task: TaskClock): Promise<number> {
  const done = task.settle();
  while (clock.nextAlarm !== undefined) await clock.advance(clock.nextAlarm - clock.now());
  await done;
  return task.now() - clock.now();
}

test('what is spent is passed at once for the task, and in one wait for everyone else', async () => {
  const clock = new ManualClock({ start: 100 });
  const task = new TaskClock(clock);
  for (const ms of [0.11, 10, 0.47]) task.spend(ms);
  expect([task.now(), clock.now()]).toEqual([110.58, 100]);
  expect(await settled(clock, task)).toBeCloseTo(0, 9);
  expect(clock.now()).toBeCloseTo(110.58, 9);
  await task.settle();
  expect(clock.nextAlarm).toBeUndefined();
});

test('lateness does not add up for who goes on at once', async () => {
  const clock = new LateClock();
  const task = new TaskClock(clock);
  clock.lateMs = 0.8;
  for (let i = 0; i < 100; i++) {
    task.spend(5);
    expect(await settled(clock, task)).toBeCloseTo(-0.8, 9);
  }
  expect(task.now()).toBeCloseTo(500, 6);
  expect(clock.now()).toBeCloseTo(500.8, 6);
});

test('who comes back later begins at the time that it is', async () => {
  const clock = new LateClock();
  const task = new TaskClock(clock);
  clock.lateMs = 0.8;
  task.spend(5);
  await settled(clock, task);
  await clock.advance(100);
  task.spend(5);
  expect(task.now()).toBeCloseTo(5.8 + 100 + 5, 9);
});

test('its alarms count from its own time', async () => {
  const clock = new ManualClock();
  const task = new TaskClock(clock);
  task.spend(5);
  task.alarm(2, () => {});
  expect(clock.nextAlarm).toBe(7);
});

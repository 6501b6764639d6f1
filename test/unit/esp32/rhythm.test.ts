import { describe, expect, test } from 'vitest';
import type { TaskClock } from '../../../emulator/clock/index.ts';
import { Rhythm } from '../../../emulator/esp32/rhythm.ts';

const PERIOD = 1000;

/** A rhythm that began at 0, and the clock that a test sets. */
function rhythmOf(keepsSchedule: boolean, began = { at: 0, forgottenMs: 0 }) {
  const clock = { at: began.at, forgottenMs: began.forgottenMs, lateMs: 0, asked: Number.NaN };
  const task = {
    now: () => clock.at,
    get forgottenMs() {
      return clock.forgottenMs;
    },
    lateFor: (at: number) => {
      clock.asked = at;
      return clock.lateMs;
    },
  } as unknown as TaskClock;
  const rhythm = new Rhythm(task, PERIOD, keepsSchedule);
  rhythm.start();
  return { clock, rhythm };
}

describe('a rhythm of its own', () => {
  test('rests for what of its period is no settling, whatever the work took', () => {
    for (const at of [0, 400, 5000]) {
      const { clock, rhythm } = rhythmOf(false);
      clock.at = at;
      expect(rhythm.next(300)).toEqual({ restMs: 700, skipped: 0 });
      rhythm.passed();
      expect(clock.asked).toBe(at + 700);
    }
  });
});

describe('a schedule', () => {
  test.each([
    [0, 1000, 0, 1000],
    [400, 600, 0, 1000],
    [1000, 0, 0, 1000],
    [1500, 0, 0, 1000],
    [2000, 0, 0, 1000],
    [2001, 0, 1, 2000],
    [2999, 0, 1, 2000],
    [3000, 0, 2, 3000],
    [3500, 0, 2, 3000],
  ])('whose work ends at %i rests %i ms and has skipped %i periods', (at, restMs, skipped, began) => {
    const { clock, rhythm } = rhythmOf(true);
    clock.at = at;
    expect(rhythm.next(300)).toEqual({ restMs, skipped });
    rhythm.passed();
    expect(clock.asked).toBe(began);
  });

  test('counts from when it began', () => {
    const { clock, rhythm } = rhythmOf(true, { at: 250, forgottenMs: 0 });
    clock.at = 650;
    expect(rhythm.next(0)).toEqual({ restMs: 600, skipped: 0 });
    clock.at = 1300;
    expect(rhythm.next(0)).toEqual({ restMs: 950, skipped: 0 });
  });
});

test('what the clock forgot is counted once, in whole periods', () => {
  const { clock, rhythm } = rhythmOf(true, { at: 0, forgottenMs: 700 });
  clock.forgottenMs = 1699;
  expect(rhythm.missed()).toBe(0);
  clock.forgottenMs = 1700;
  expect([rhythm.missed(), rhythm.missed()]).toEqual([1, 0]);
  clock.forgottenMs = 4600;
  expect([rhythm.missed(), rhythm.missed()]).toEqual([2, 0]);
  clock.forgottenMs = 4700;
  expect(rhythm.missed()).toBe(1);
});

test('a message is as late as the clock, and as what it forgot since the last one', () => {
  const { clock, rhythm } = rhythmOf(true, { at: 5, forgottenMs: 700 });
  expect(rhythm.takeLateMs()).toBe(0);
  clock.lateMs = 30;
  expect(rhythm.takeLateMs()).toBe(30);
  expect(clock.asked).toBe(5);
  clock.lateMs = -30;
  clock.forgottenMs = 1000;
  expect([rhythm.takeLateMs(), rhythm.takeLateMs()]).toEqual([300, 0]);
  clock.forgottenMs = 3500;
  // Two of the periods since the beginning are counted as missed, and are no lateness of the next message.
  expect([rhythm.missed(), rhythm.takeLateMs()]).toEqual([2, 500]);
});

test.each([
  [0, 0],
  [1000, 0],
  [1001, 1],
  [2000, 2],
  [2999, 2],
])('at the end of a device that was %i ms late %i periods have passed', (lateMs, passed) => {
  const { clock, rhythm } = rhythmOf(true);
  clock.lateMs = lateMs;
  expect(rhythm.passed()).toBe(passed);
  clock.forgottenMs = 3000;
  expect(rhythm.passed()).toBe(passed + 3);
});

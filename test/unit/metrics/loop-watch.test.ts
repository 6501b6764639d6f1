import { expect, test } from 'vitest';
import type { Clock } from '../../../emulator/clock/index.ts';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { LoopWatch } from '../../../src/metrics/loop-watch.ts';

/** A clock whose alarms ring when the test says: as a process does that is stopped and goes on. */
class StalledClock implements Clock {
  time = 0;
  #ring: (() => void) | undefined;

  now(): number {
    return this.time;
  }

  alarm(_delayMs: number, ring: () => void): () => void {
    this.#ring = ring;
    return () => {
      this.#ring = undefined;
    };
  }

  goOn(): void {
    const ring = this.#ring;
    this.#ring = undefined;
    ring?.();
  }
}

test('a loop that comes round in time is never late', async () => {
  const clock = new ManualClock();
  const watch = new LoopWatch(clock, 0);
  await clock.advance(10_000);
  expect(watch.late).toBe(false);
  expect(watch.take()).toEqual({ maxMs: 0, totalMs: 0 });
  watch.stop();
  expect(clock.nextAlarm).toBeUndefined();
});

test('a stall is known to whoever asks first, and its aftermath lasts as long as it did', () => {
  const clock = new StalledClock();
  const watch = new LoopWatch(clock, 0);
  clock.goOn();
  clock.time = 3050;
  // A socket is served before the timer that would have seen it.
  expect(watch.late).toBe(true);
  clock.goOn();
  clock.time = 3100;
  clock.goOn();
  expect(watch.late).toBe(true);
  for (let t = 3150; t <= 6000; t += 50) {
    clock.time = t;
    clock.goOn();
  }
  expect(watch.late).toBe(true);
  clock.time = 6050;
  expect(watch.late).toBe(false);
  expect(watch.take()).toEqual({ maxMs: 3000, totalMs: 3000 });
  expect(watch.take()).toEqual({ maxMs: 0, totalMs: 0 });
});

test('stalls add up, and a hundredth of a second is none', () => {
  const clock = new StalledClock();
  const watch = new LoopWatch(clock, 0);
  clock.goOn();
  for (const late of [10, 100, 250, 0, 400]) {
    clock.time += 50 + late;
    clock.goOn();
  }
  expect(watch.take()).toEqual({ maxMs: 400, totalMs: 650 });
});

test('a short stall does not end the aftermath of a long one', () => {
  const clock = new StalledClock();
  const watch = new LoopWatch(clock, 0);
  clock.goOn();
  clock.time = 3050;
  clock.goOn();
  clock.time = 3250;
  clock.goOn();
  clock.time = 3450;
  expect(watch.late).toBe(true);
});

test('a watch that was stopped has counted the stall before, and none after', () => {
  const clock = new StalledClock();
  const watch = new LoopWatch(clock, 0);
  clock.goOn();
  clock.time = 450;
  watch.stop();
  clock.time = 700;
  expect(watch.take()).toEqual({ maxMs: 400, totalMs: 400 });
  clock.time = 9000;
  expect(watch.late).toBe(false);
  expect(watch.take()).toEqual({ maxMs: 0, totalMs: 0 });
});

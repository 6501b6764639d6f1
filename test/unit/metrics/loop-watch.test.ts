import { expect, test } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { LoopWatch } from '../../../src/metrics/loop-watch.ts';

/** A process whose event loop does not come round while a test lets the clock leap. */
function watched() {
  const clock = new ManualClock();
  const watch = new LoopWatch(clock, 0);
  /** The loop comes round after `ms`. */
  const stall = async (ms: number) => {
    clock.leap(ms);
    await clock.advance(0);
  };
  return { clock, watch, stall };
}

test('a loop that comes round in time is never late', async () => {
  const { clock, watch } = watched();
  await clock.advance(10_000);
  expect(watch.late).toBe(false);
  expect(watch.take()).toEqual({ maxMs: 0, totalMs: 0 });
  watch.stop();
  expect(clock.nextAlarm).toBeUndefined();
});

test('a stall is known to whoever asks first, and its aftermath lasts as long as it did', async () => {
  const { clock, watch } = watched();
  await clock.advance(0);
  clock.leap(3050);
  // A socket is served before the timer that would have seen it.
  expect(watch.late).toBe(true);
  await clock.advance(2999);
  expect(watch.late).toBe(true);
  await clock.advance(1);
  expect(watch.late).toBe(false);
  expect(watch.take()).toEqual({ maxMs: 3000, totalMs: 3000 });
  expect(watch.take()).toEqual({ maxMs: 0, totalMs: 0 });
});

test('stalls add up, and a tenth of a second is none', async () => {
  const { clock, watch, stall } = watched();
  await clock.advance(0);
  for (const late of [10, 100, 250, 0, 400]) await stall(50 + late);
  expect(watch.take()).toEqual({ maxMs: 400, totalMs: 650 });
});

test('a short stall does not end the aftermath of a long one', async () => {
  const { clock, watch, stall } = watched();
  await clock.advance(0);
  await stall(3050);
  await stall(200);
  expect(watch.take()).toEqual({ maxMs: 3000, totalMs: 3150 });
  await clock.advance(2000);
  expect(watch.late).toBe(true);
});

test('a watch that was stopped has counted the stall before, and none after', async () => {
  const { clock, watch, stall } = watched();
  await clock.advance(0);
  clock.leap(450);
  watch.stop();
  await stall(250);
  expect(watch.take()).toEqual({ maxMs: 400, totalMs: 400 });
  await stall(8300);
  expect(watch.late).toBe(false);
  expect(watch.take()).toEqual({ maxMs: 0, totalMs: 0 });
});

import { expect, test } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { RateLimit } from '../../../src/cloud/rate-limit.ts';

test('takes as many at once as come in a second, and then one at a time', async () => {
  const clock = new ManualClock();
  const limit = new RateLimit(4, clock);
  expect(Array.from({ length: 6 }, () => limit.take())).toEqual([true, true, true, true, false, false]);
  await clock.advance(249);
  expect(limit.take()).toBe(false);
  await clock.advance(1);
  expect([limit.take(), limit.take()]).toEqual([true, false]);
  await clock.advance(60_000);
  expect(Array.from({ length: 5 }, () => limit.take())).toEqual([true, true, true, true, false]);
});

test('says how long to wait for one that is not there yet', () => {
  const limit = new RateLimit(4, new ManualClock());
  expect(Array.from({ length: 7 }, () => limit.reserve())).toEqual([0, 0, 0, 0, 250, 500, 750]);
});

test('of less than one in a second takes one and then waits', async () => {
  const clock = new ManualClock();
  const limit = new RateLimit(0.5, clock);
  expect([limit.take(), limit.take()]).toEqual([true, false]);
  await clock.advance(2000);
  expect(limit.take()).toBe(true);
});

test('without a limit never waits', () => {
  const limit = new RateLimit(Number.POSITIVE_INFINITY, new ManualClock());
  for (let times = 0; times < 1000; times++) expect(limit.reserve()).toBe(0);
  expect(limit.take()).toBe(true);
});

import { expect, it } from 'vitest';
import { ManualClock, patience } from '../../../emulator/clock/index.ts';

async function waiting() {
  const clock = new ManualClock();
  const rang: number[] = [];
  const cancel = patience(clock, 10_000, () => rang.push(clock.now()));
  return { clock, rang, cancel };
}

it('rings in its time, and a little later where timers are', async () => {
  const { clock, rang } = await waiting();
  await clock.advance(9999);
  clock.leap(101);
  await clock.advance(0);
  expect(rang).toEqual([10_100]);
});

it('waits as long again as it was late', async () => {
  const { clock, rang } = await waiting();
  await clock.advance(8000);
  clock.leap(5000);
  await clock.advance(2999);
  expect(rang).toEqual([]);
  await clock.advance(1);
  expect(rang).toEqual([16_000]);
});

it('waits no longer than it would have from the beginning', async () => {
  const { clock, rang } = await waiting();
  clock.leap(60_000);
  await clock.advance(9999);
  expect(rang).toEqual([]);
  await clock.advance(1);
  expect(rang).toEqual([70_000]);
});

it('is cancelled, also while it waits again', async () => {
  const first = await waiting();
  first.cancel();
  expect(first.clock.nextAlarm).toBeUndefined();
  const again = await waiting();
  again.clock.leap(12_000);
  await again.clock.advance(1000);
  again.cancel();
  expect(again.clock.nextAlarm).toBeUndefined();
  expect(again.rang).toEqual([]);
});

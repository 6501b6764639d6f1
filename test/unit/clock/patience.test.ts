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

it.each([
  // The second in which it was stopped counts as a whole, and after the last one there is another.
  [0, 69_000],
  [2500, 69_500],
  [9900, 70_900],
])('does not count a minute in which the process stood, after %d ms', async (before, rings) => {
  const { clock, rang } = await waiting();
  await clock.advance(before);
  clock.leap(60_000);
  await clock.advance(30_000);
  expect(rang).toEqual([rings]);
});

it('does not count several times either', async () => {
  const { clock, rang } = await waiting();
  for (let i = 0; i < 4; i++) {
    await clock.advance(1000);
    clock.leap(4000);
  }
  await clock.advance(30_000);
  // Four times three seconds.
  expect(rang).toEqual([22_000]);
});

it('is cancelled, also while it waits again', async () => {
  const first = await waiting();
  first.cancel();
  expect(first.clock.nextAlarm).toBeUndefined();
  const again = await waiting();
  again.clock.leap(12_000);
  await again.clock.advance(3000);
  again.cancel();
  expect(again.clock.nextAlarm).toBeUndefined();
  expect(again.rang).toEqual([]);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clock, ManualClock } from '../../../emulator/clock/index.ts';
import { arrivalSlot, scheduleArrivals, scheduledArrival } from '../../../src/run/arrivals.ts';
import { sizeOf } from '../../../src/store/index.ts';

/** A clock whose one alarm rings when the test says, as late as a busy process would. */
class LateClock implements Clock {
  time = 1000;
  waits: number[] = [];
  #ring: (() => void) | undefined;

  now(): number {
    return this.time;
  }

  alarm(delayMs: number, ring: () => void): () => void {
    this.waits.push(delayMs);
    this.#ring = ring;
    return () => {
      this.#ring = undefined;
    };
  }

  ringAt(time: number): void {
    this.time = time;
    const ring = this.#ring;
    this.#ring = undefined;
    ring?.();
  }
}

/** When each of `count` devices is due that come at a rate, from now on. */
function atRate(clock: Clock, count: number, rate: number) {
  const start = clock.now();
  return { count, dueAt: (j: number) => start + scheduledArrival(j, rate) };
}

/** Notes `device scheduled/actual` of each arrival, and the end. */
function diary(clock: Clock) {
  const lines: string[] = [];
  return {
    lines,
    arrive: (k: number, scheduledAt: number) => void lines.push(`${k} ${scheduledAt}/${clock.now()}`),
    done: () => void lines.push(`done ${clock.now()}`),
  };
}

describe('arrivals', () => {
  it('come at their rate, the first at once', async () => {
    const clock = new ManualClock({ start: 50 });
    const { lines, arrive, done } = diary(clock);
    scheduleArrivals(clock, { ...atRate(clock, 4, 100), arrive, done });
    expect(lines).toEqual(['0 50/50']);
    await clock.advance(1000);
    expect(lines).toEqual(['0 50/50', '1 60/60', '2 70/70', '3 80/80', 'done 80']);
    expect(clock.nextAlarm).toBeUndefined();
  });

  it('let others have a turn where many are overdue', () => {
    const clock = new LateClock();
    const arrived: number[] = [];
    scheduleArrivals(clock, {
      ...{ count: 100, dueAt: () => 1000, done: () => {} },
      arrive(k) {
        arrived.push(k);
        clock.time += 5;
      },
    });
    // 5 ms each: after 20 ms the next one is the last of its turn.
    expect(arrived).toEqual([0, 1, 2, 3, 4]);
    clock.ringAt(2000);
    expect(arrived).toHaveLength(10);
  });

  it('do not drift: device k comes k/rate after the first, whatever the fractions', async () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const arrive = (_: number, scheduledAt: number) => times.push(clock.now() - scheduledAt);
    scheduleArrivals(clock, { ...atRate(clock, 1001, 333), arrive, done: () => {} });
    await clock.advance(3004);
    expect(times).toHaveLength(1001);
    expect(Math.max(...times.map(Math.abs))).toBeLessThan(1e-6);
    expect(scheduledArrival(1000, 333)).toBeCloseTo(3003.003, 3);
  });

  it('are made up for after a stall, each with the time at which it should have come', () => {
    const clock = new LateClock();
    const { lines, arrive, done } = diary(clock);
    scheduleArrivals(clock, { ...atRate(clock, 6, 10), arrive, done });
    clock.ringAt(1350);
    expect(lines).toEqual(['0 1000/1000', '1 1100/1350', '2 1200/1350', '3 1300/1350']);
    // The schedule stands: 50 ms are left to the next, not 100.
    expect(clock.waits).toEqual([100, 50]);
    clock.ringAt(1400);
    clock.ringAt(1500);
    expect(lines.slice(4)).toEqual(['4 1400/1400', '5 1500/1500', 'done 1500']);
  });

  it('wait for nobody: a device that takes long to start makes the next ones late, and no later than that', () => {
    const clock = new LateClock();
    const lines: string[] = [];
    const slow = (k: number, scheduledAt: number) => {
      lines.push(`${k} ${scheduledAt}/${clock.now()}`);
      if (k === 0) clock.time += 250;
    };
    scheduleArrivals(clock, { ...atRate(clock, 4, 10), arrive: slow, done: () => {} });
    expect(clock.waits.at(-1)).toBeLessThanOrEqual(0);
    clock.ringAt(1250);
    clock.ringAt(1300);
    expect(lines).toEqual(['0 1000/1000', '1 1100/1250', '2 1200/1250', '3 1300/1300']);
  });

  it('end when they are stopped', async () => {
    const clock = new ManualClock();
    const { lines, arrive, done } = diary(clock);
    const stop = scheduleArrivals(clock, { ...atRate(clock, 10, 100), arrive, done });
    await clock.advance(15);
    stop();
    await clock.advance(1000);
    expect(lines).toEqual(['0 0/0', '1 10/10']);
    expect(clock.nextAlarm).toBeUndefined();
  });

  it('of several parts take turns, and together leave no place empty', () => {
    const slots = (count: number, of: number) =>
      Array.from({ length: of }, (_, index) =>
        Array.from({ length: sizeOf(count, { index, of }) }, (_, j) => arrivalSlot(count, { index, of }, j)),
      );
    expect(slots(6, 2)).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
    // 7 devices in 3 parts are 2, 2 and 3.
    expect(slots(7, 3)).toEqual([
      [0, 3],
      [1, 4],
      [2, 5, 6],
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 9 }), (count, of) => {
        const all = slots(count, of).flat();
        expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, slot) => slot));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { ManualClock, sleep } from '../../../emulator/clock/index.ts';

/** Sets alarms at the given delays and returns what rings, each with the time of its ringing. */
function ringing(clock: ManualClock, delays: Readonly<Record<string, number>>): string[] {
  const rung: string[] = [];
  for (const [name, delay] of Object.entries(delays)) clock.alarm(delay, () => rung.push(`${name} ${clock.now()}`));
  return rung;
}

describe('a manual clock', () => {
  it('stands still until it is moved, and starts where it is told to', async () => {
    const clock = new ManualClock({ start: 500 });
    const rung = ringing(clock, { a: 0 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(rung).toEqual([]);
    expect(clock.now()).toBe(500);
    expect(new ManualClock().now()).toBe(0);
  });

  it('rings in the order of the times, at those times, and those of one instant in the order they were set', async () => {
    const clock = new ManualClock();
    const rung = ringing(clock, { late: 30, first: 10, second: 10, early: 2.5, third: 10 });
    await clock.advance(30);
    expect(rung).toEqual(['early 2.5', 'first 10', 'second 10', 'third 10', 'late 30']);
  });

  it('rings what falls due within the advance, its end included, and nothing later', async () => {
    const clock = new ManualClock();
    const rung = ringing(clock, { a: 10, b: 10.001 });
    await clock.advance(9.999);
    expect(rung).toEqual([]);
    await clock.advance(0.001);
    expect(rung).toEqual(['a 10']);
    expect(clock.now()).toBe(10);
    await clock.advance(100);
    expect(rung).toEqual(['a 10', 'b 10.001']);
    expect(clock.now()).toBe(110);
  });

  it('rings an alarm once', async () => {
    const clock = new ManualClock();
    const rung = ringing(clock, { a: 1 });
    await clock.advance(1);
    await clock.advance(1000);
    expect(rung).toHaveLength(1);
  });

  it('rings one that is due at once, or was due, with the next advance, even of nothing', async () => {
    const clock = new ManualClock({ start: 100 });
    const rung = ringing(clock, { now: 0, past: -50 });
    await clock.advance(0);
    expect(rung).toEqual(['now 100', 'past 100']);
  });

  it('rings in the same advance what a ringing alarm sets', async () => {
    const clock = new ManualClock();
    const rung: number[] = [];
    const again = () => {
      rung.push(clock.now());
      clock.alarm(10, again);
    };
    clock.alarm(10, again);
    await clock.advance(35);
    expect(rung).toEqual([10, 20, 30]);
    expect(clock.nextAlarm).toBe(40);
  });

  it('rings no alarm that was cancelled, and cancels no other', async () => {
    const clock = new ManualClock();
    const rung = ringing(clock, { a: 10 });
    const cancel = clock.alarm(10, () => rung.push('cancelled'));
    clock.alarm(10, () => rung.push('c'));
    cancel();
    cancel();
    await clock.advance(10);
    cancel();
    expect(rung).toEqual(['a 10', 'c']);
  });

  it('lets an alarm cancel another of its own instant', async () => {
    const clock = new ManualClock();
    const rung: string[] = [];
    let cancel = () => {};
    clock.alarm(5, () => cancel());
    cancel = clock.alarm(5, () => rung.push('never'));
    await clock.advance(5);
    expect(rung).toEqual([]);
  });

  it('tells when the next alarm is', async () => {
    const clock = new ManualClock({ start: 1 });
    expect(clock.nextAlarm).toBeUndefined();
    const cancel = clock.alarm(4, () => {});
    clock.alarm(9, () => {});
    expect(clock.nextAlarm).toBe(5);
    cancel();
    expect(clock.nextAlarm).toBe(10);
    await clock.advance(9);
    expect(clock.nextAlarm).toBeUndefined();
  });

  it('lets the consequences of an alarm run before the next one', async () => {
    const clock = new ManualClock();
    const log: string[] = [];
    const task = async (name: string, firstMs: number, thenMs: number) => {
      await sleep(clock, firstMs);
      await Promise.resolve();
      await sleep(clock, thenMs);
      log.push(`${name} ${clock.now()}`);
    };
    void task('a', 10, 5);
    void task('b', 20, 0);
    void task('c', 14, 10);
    await clock.advance(24);
    expect(log).toEqual(['a 15', 'b 20', 'c 24']);
  });

  it('lets what is runnable run before time moves at all', async () => {
    const clock = new ManualClock();
    const log: number[] = [];
    void Promise.resolve()
      .then(() => sleep(clock, 10))
      .then(() => log.push(clock.now()));
    await clock.advance(10);
    expect(log).toEqual([10]);
  });

  it('rings late, and in order, what fell due while nothing ran', async () => {
    const clock = new ManualClock();
    const log: string[] = [];
    const note = (what: string) => () => log.push(`${what} ${clock.now()}`);
    clock.alarm(20, note('second'));
    clock.alarm(10, () => {
      note('first')();
      clock.alarm(5, note('third'));
    });
    clock.leap(3000);
    expect(log).toEqual([]);
    await clock.advance(5);
    expect(log).toEqual(['first 3000', 'second 3000', 'third 3005']);
  });

  it('drains in the way that it is given', async () => {
    const log: string[] = [];
    const drain = async () => {
      await new Promise((resolve) => setImmediate(resolve));
    };
    const clock = new ManualClock({ drain });
    clock.alarm(1, () => setImmediate(() => log.push('consequence')));
    clock.alarm(2, () => log.push('next'));
    await clock.advance(2);
    expect(log).toEqual(['consequence', 'next']);
  });
});

describe('sleep', () => {
  it('resolves after its time, not before', async () => {
    const clock = new ManualClock();
    let woken = Number.NaN;
    void sleep(clock, 12.5).then(() => {
      woken = clock.now();
    });
    await clock.advance(12.4);
    expect(woken).toBeNaN();
    await clock.advance(0.1);
    expect(woken).toBe(12.5);
  });
});

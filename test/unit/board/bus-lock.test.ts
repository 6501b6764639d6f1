import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { BusLock } from '../../../src/board/bus-lock.ts';

const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

function waiters(lock: BusLock, ...masters: { name: string }[]): string[] {
  const order: string[] = [];
  for (const master of masters) {
    lock.acquire(master).then(() => {
      order.push(master.name);
      lock.release(master);
    });
  }
  return order;
}

describe("a board's bus", () => {
  it('belongs to one master until it lets go, and then to the others in their order', async () => {
    const clock = new ManualClock();
    const lock = new BusLock(clock);
    expect(lock.tryAcquire(a)).toBe(true);
    expect(lock.tryAcquire(b)).toBe(false);
    const order = waiters(lock, b, c);
    await clock.advance(1000);
    expect(order).toEqual([]);
    lock.release(a);
    await clock.advance(0);
    expect(order).toEqual(['b', 'c']);
    expect(lock.tryAcquire(b)).toBe(true);
  });

  it('stays with a master that goes on after a transfer without STOP', async () => {
    const clock = new ManualClock();
    const lock = new BusLock(clock);
    lock.tryAcquire(a);
    lock.hold(a);
    const order = waiters(lock, b);
    await clock.advance(999);
    expect(lock.tryAcquire(a)).toBe(true);
    await clock.advance(999);
    expect(order).toEqual([]);
    lock.release(a);
    await clock.advance(0);
    expect(order).toEqual(['b']);
  });

  it('is taken from a master that holds it for a second without going on', async () => {
    const clock = new ManualClock();
    const lock = new BusLock(clock);
    lock.tryAcquire(a);
    lock.hold(a);
    const order = waiters(lock, b);
    await clock.advance(999.9);
    expect(order).toEqual([]);
    await clock.advance(0.1);
    expect(order).toEqual(['b']);
    expect(lock.tryAcquire(a)).toBe(true);
  });

  it('is taken from a master that goes on without ever a STOP', async () => {
    const clock = new ManualClock();
    const lock = new BusLock(clock);
    lock.tryAcquire(a);
    lock.hold(a);
    const order = waiters(lock, b);
    await clock.advance(600);
    expect(lock.tryAcquire(a)).toBe(true);
    lock.hold(a);
    await clock.advance(399.9);
    expect(order).toEqual([]);
    await clock.advance(0.1);
    expect(order).toEqual(['b']);
  });

  it('is taken behind a transfer that began in time and ended too late, and counts anew for the next', async () => {
    const clock = new ManualClock();
    const lock = new BusLock(clock);
    lock.tryAcquire(a);
    lock.hold(a);
    lock.tryAcquire(a);
    await clock.advance(1500);
    const order = waiters(lock, b);
    lock.hold(a);
    await clock.advance(0);
    expect(order).toEqual(['b']);
    lock.tryAcquire(a);
    lock.hold(a);
    await clock.advance(999.9);
    expect(lock.tryAcquire(b)).toBe(false);
  });

  it('is not let go by one that does not have it', () => {
    const lock = new BusLock(new ManualClock());
    lock.tryAcquire(a);
    lock.release(b);
    expect(lock.tryAcquire(b)).toBe(false);
  });
});

import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { sleep } from '../../../emulator/clock/index.ts';
import { realClock } from '../../../src/base/index.ts';

describe('the real clock', () => {
  it('rings no alarm early, not by a fraction of a millisecond', async () => {
    const early = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const delay = i / 7;
        const at = performance.now() + delay;
        await sleep(realClock, delay);
        return at - performance.now();
      }),
    );
    expect(Math.max(...early)).toBeLessThanOrEqual(0);
  });

  it('goes on with the time of the machine', async () => {
    const times = [performance.now(), realClock.now(), performance.now()];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const [, before = 0] = times;
    await sleep(realClock, 5);
    expect(realClock.now() - before).toBeGreaterThanOrEqual(5);
  });

  it('rings an alarm that is due at once, but never before the caller is done', async () => {
    let rung = false;
    realClock.alarm(-5, () => {
      rung = true;
    });
    expect(rung).toBe(false);
    await sleep(realClock, 3);
    expect(rung).toBe(true);
  });

  it('rings no alarm that was cancelled', async () => {
    const rung: number[] = [];
    const cancels = Array.from({ length: 50 }, (_, i) => realClock.alarm(30 + i / 50, () => rung.push(i)));
    await sleep(realClock, 1);
    for (const cancel of cancels) cancel();
    await sleep(realClock, 60);
    expect(rung).toEqual([]);
  });
});

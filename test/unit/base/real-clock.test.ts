import { performance } from 'node:perf_hooks';
import { describe, expect, it, vi } from 'vitest';
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

  it('rings no alarm that was cancelled, and those around it', () => {
    let time = performance.now();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    vi.spyOn(performance, 'now').mockImplementation(() => time);
    const advance = (ms: number) => {
      time += ms;
      vi.advanceTimersByTime(ms);
    };
    try {
      const rung: string[] = [];
      const cancels = Array.from({ length: 50 }, (_, i) => realClock.alarm(30 + i / 50, () => rung.push(`${i}`)));
      realClock.alarm(29, () => rung.push('before'));
      realClock.alarm(31, () => rung.push('after'));
      advance(1);
      for (const cancel of cancels) cancel();
      advance(60);
      expect(rung).toEqual(['before', 'after']);
      // Nothing is left that would keep the process awake.
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.restoreAllMocks();
      vi.useRealTimers();
    }
  });
});

import { performance } from 'node:perf_hooks';
import type { Clock } from '../../emulator/clock/index.ts';

/** The machine's monotonic clock. An alarm never rings early: node's timers count whole milliseconds and may. */
export const realClock: Clock = {
  now: () => performance.now(),
  alarm(delayMs, ring) {
    const at = performance.now() + delayMs;
    let timer = setTimeout(onTimer, delayMs);
    function onTimer(): void {
      const left = at - performance.now();
      if (left <= 0) ring();
      else timer = setTimeout(onTimer, left);
    }
    return () => clearTimeout(timer);
  },
};

/** Milliseconds on a monotonic clock that all processes of a machine share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

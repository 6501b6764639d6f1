import type { Clock } from '../../emulator/clock/index.ts';

/** When device `k` arrives, in milliseconds after the first. */
export function scheduledArrival(k: number, ratePerSecond: number): number {
  return (k * 1000) / ratePerSecond;
}

/**
 * Starts devices 0 … count-1, each at its scheduled time: open-loop, so a slow broker never slows the arrivals down,
 * and a device that this process starts late still counts from its schedule. Returns how to stop it.
 */
export function scheduleArrivals(
  clock: Clock,
  count: number,
  ratePerSecond: number,
  arrive: (k: number, scheduledAt: number) => void,
  done: () => void,
): () => void {
  const start = clock.now();
  let next = 0;
  let cancel = () => {};
  const arriveDue = () => {
    for (; next < count; next++) {
      const scheduledAt = start + scheduledArrival(next, ratePerSecond);
      const wait = scheduledAt - clock.now();
      if (wait > 0) {
        cancel = clock.alarm(wait, arriveDue);
        return;
      }
      arrive(next, scheduledAt);
    }
    done();
  };
  arriveDue();
  return () => cancel();
}

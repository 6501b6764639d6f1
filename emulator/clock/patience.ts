import type { Clock } from './clock.ts';

/** What timers and the garbage collector take at most: an alarm that is later than this, ms, rings in a process that was kept from its work. */
const LATE_MS = 100;

/**
 * An alarm for what another side has to do within `delayMs`. Where it rings late, what the other side sent meanwhile may lie
 * unread: it has as long again as the alarm was late, `delayMs` at most, each time. Returns how to cancel it.
 */
export function patience(clock: Clock, delayMs: number, ring: () => void): () => void {
  let cancel = () => {};
  const wait = (ms: number) => {
    const due = clock.now() + ms;
    cancel = clock.alarm(ms, () => {
      const lateMs = clock.now() - due;
      if (lateMs > LATE_MS) wait(Math.min(lateMs, delayMs));
      else ring();
    });
  };
  wait(delayMs);
  return () => cancel();
}

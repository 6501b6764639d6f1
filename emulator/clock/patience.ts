import type { Clock } from './clock.ts';

/** What timers and the garbage collector take at most: an alarm that is later than this, ms, rings in a process that was kept from its work. */
const LATE_MS = 100;
/** How often it is looked whether the process was kept from its work, ms. */
const LOOK_MS = 1000;

/**
 * An alarm for what another side has to do within `delayMs`, in which times do not count in which the process was kept from its
 * own part: it could neither send nor read meanwhile. After such a time it looks once more. Returns how to cancel it.
 */
export function patience(clock: Clock, delayMs: number, ring: () => void): () => void {
  let cancel = () => {};
  let deadline = clock.now() + delayMs;
  const wait = () => {
    const due = Math.min(clock.now() + LOOK_MS, deadline);
    cancel = clock.alarm(due - clock.now(), () => {
      const now = clock.now();
      const lateMs = now - due;
      if (lateMs > LATE_MS) deadline = Math.max(deadline + lateMs, now + Math.min(LOOK_MS, delayMs));
      if (now < deadline) wait();
      else ring();
    });
  };
  wait();
  return () => cancel();
}

import { performance } from 'node:perf_hooks';
import type { Clock } from '../../emulator/clock/index.ts';
import { type Alarm, AlarmQueue } from './alarm-queue.ts';

const queue = new AlarmQueue();
let timer: NodeJS.Timeout | undefined;
/** When `timer` ends; what is due earlier moves it. */
let wakesAt = Number.POSITIVE_INFINITY;

/**
 * The machine's monotonic clock. All alarms of a process share one of node's timers, which count whole milliseconds: what falls
 * due in one of them rings in one turn of the event loop. An alarm never rings early.
 */
export const realClock: Clock = {
  now: () => performance.now(),
  alarm(delayMs, ring) {
    const alarm: Alarm = { at: performance.now() + Math.max(0, delayMs), ring };
    queue.add(alarm);
    wakeAt(alarm.at);
    return () => {
      alarm.ring = undefined;
      if (queue.next === Number.POSITIVE_INFINITY) sleep();
    };
  },
};

function wakeAt(at: number): void {
  if (at >= wakesAt) return;
  clearTimeout(timer);
  wakesAt = at;
  timer = setTimeout(ringDue, Math.ceil(at - performance.now()));
}

/** Without an alarm nothing keeps the process awake. */
function sleep(): void {
  clearTimeout(timer);
  wakesAt = Number.POSITIVE_INFINITY;
}

function ringDue(): void {
  wakesAt = Number.POSITIVE_INFINITY;
  // One that is set meanwhile, and due at once, waits for the next turn: others have theirs first.
  const now = performance.now();
  try {
    for (let alarm = queue.due(now); alarm !== undefined; alarm = queue.due(now)) alarm.ring?.();
  } finally {
    const next = queue.next;
    if (next !== Number.POSITIVE_INFINITY) wakeAt(next);
  }
}

/** Milliseconds on a monotonic clock that all processes of a machine share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

import type { Clock } from '../../emulator/clock/index.ts';
import { type Segment, sizeOf } from '../store/index.ts';

/** How long devices arrive without a look at what those before them have received, ms. */
const TURN_MS = 20;

/** When the device in place `slot` of the order of arrival comes, in milliseconds after the first. */
export function scheduledArrival(slot: number, ratePerSecond: number): number {
  return (slot * 1000) / ratePerSecond;
}

/**
 * The place of device `j` of a part of `count` devices in the order of arrival. The parts take turns, so that all of them
 * are at work from the beginning and together leave no place empty.
 */
export function arrivalSlot(count: number, { index, of }: Segment, j: number): number {
  let before = 0;
  for (let part = 0; part < of; part++) {
    const size = sizeOf(count, { index: part, of });
    // Before it come the rounds that are over, and in its own those that are earlier in turn.
    before += Math.min(size, part < index ? j + 1 : j);
  }
  return before;
}

export interface Arrivals {
  readonly count: number;
  /** When arrival `j` is due, on the clock. Rises with j. */
  readonly dueAt: (j: number) => number;
  readonly arrive: (j: number, dueAt: number) => void;
  /** The last one has arrived. */
  readonly done: () => void;
}

/**
 * Starts devices, each at its time: open-loop, so a slow broker never slows the arrivals down, and a device that this
 * process starts late still counts from its schedule. Returns how to stop it.
 */
export function scheduleArrivals(clock: Clock, { count, dueAt, arrive, done }: Arrivals): () => void {
  let next = 0;
  let cancel = () => {};
  const arriveDue = () => {
    const turnEnds = clock.now() + TURN_MS;
    for (; next < count; next++) {
      const due = dueAt(next);
      const now = clock.now();
      if (due > now || now > turnEnds) {
        cancel = clock.alarm(due - now, arriveDue);
        return;
      }
      arrive(next, due);
    }
    done();
  };
  arriveDue();
  return () => cancel();
}

import { constants } from 'node:os';
import type { Io } from './io.ts';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** The signals get their ordinary meaning back. */
  release(): void;
}

/** The first of the signals that ask a process to end aborts `signal` and calls `onFirst`; the second ends the process on the spot. */
export function onInterrupt(io: Pick<Io, 'onSignals' | 'abandon'>, onFirst: () => void = () => {}): Interrupt {
  const controller = new AbortController();
  const release = io.onSignals(['SIGINT', 'SIGTERM', 'SIGHUP'], (name) => {
    if (controller.signal.aborted) return io.abandon(128 + constants.signals[name]);
    controller.abort();
    onFirst();
  });
  return { signal: controller.signal, release };
}

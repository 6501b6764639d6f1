import { constants } from 'node:os';
import type { Io } from './io.ts';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** The signals get their ordinary meaning back, but for a SIGHUP after the first signal: the process is about to end anyway. */
  release(): void;
}

/**
 * The first of the signals that ask a process to end aborts `signal` and calls `onFirst`; another SIGINT or SIGTERM ends the
 * process on the spot. Another SIGHUP does nothing, because it is nobody's impatience: when a terminal closes, first its shell
 * and then the kernel send one, and systemd sends one behind its SIGTERM where SendSIGHUP= says so (systemd.kill(5)).
 */
export function onInterrupt(io: Pick<Io, 'onSignals' | 'abandon'>, onFirst: () => void = () => {}): Interrupt {
  const controller = new AbortController();
  const release = io.onSignals(['SIGINT', 'SIGTERM', 'SIGHUP'], (name) => {
    if (!controller.signal.aborted) {
      // To the end of the process: what is printed after the release is not cut off either.
      io.onSignals(['SIGHUP'], () => {});
      controller.abort();
      onFirst();
    } else if (name !== 'SIGHUP') io.abandon(128 + constants.signals[name]);
  });
  return { signal: controller.signal, release };
}

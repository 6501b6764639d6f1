/** The only source of time. Milliseconds, monotonic, fractions allowed; the origin means nothing. */
export interface Clock {
  now(): number;
  /** Calls `ring` once, `delayMs` from now (at once when not positive), and returns how to cancel it. */
  alarm(delayMs: number, ring: () => void): () => void;
}

/** Resolves `delayMs` from now on `clock`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.alarm(delayMs, resolve);
  });
}

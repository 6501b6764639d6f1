/** Tells the time and nothing else: all that a part needs. Milliseconds, never back, fractions allowed; the origin means nothing. */
export interface Time {
  now(): number;
}

/** The only source of time. */
export interface Clock extends Time {
  /** Calls `ring` once, `delayMs` from now (at once when not positive), and returns how to cancel it. */
  alarm(delayMs: number, ring: () => void): () => void;
}

/** Resolves `delayMs` from now on `clock`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.alarm(delayMs, resolve);
  });
}

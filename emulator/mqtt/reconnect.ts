export interface ReconnectPolicy {
  /** What must have passed since the connection was aborted, ms. */
  readonly waitMs: number;
  /** How long the client sleeps between two looks, ms. */
  readonly stepMs: number;
}

/**
 * Milliseconds from an aborted connection to the next attempt. No backoff, no jitter, for ever.
 *
 * Quirk: the client looks whether `waitMs` have passed, then sleeps `stepMs` whatever the answer was: with 10 s and
 * steps of 5 s it looks at 0, 5 and 10 s and connects at 15 s. On hardware the look at 10 s comes within a tick of the
 * 10 s, and fails when it is early: then the gap is 20 s. An exact clock is never early.
 */
export function reconnectGap({ waitMs, stepMs }: ReconnectPolicy): number {
  return (Math.ceil(waitMs / stepMs) + 1) * stepMs;
}

/** Who can do something about a kind of failure: that is who its advice speaks to. */
export type Side = 'broker' | 'network' | 'device' | 'generator';

/**
 * What time alone may make of a connection: it was `slow`, and took longer than somebody waits; or it was `broken` off, as by a
 * peer that had waited long enough.
 */
export type TimeTrouble = 'slow' | 'broken';

/** A kind of failure, in the words of a broker engineer. */
export interface Cause {
  readonly words: string;
  readonly side: Side;
  /** One sentence, where there is something better to say than the words. */
  readonly advice?: string;
  /** Where it may come of no more than lost time, be it the broker's or the load generator's. */
  readonly time?: TimeTrouble;
}

/** Who can do something about a kind of failure: that is who its advice speaks to. */
export type Side = 'broker' | 'network' | 'device' | 'generator';

/** A kind of failure, in the words of a broker engineer. */
export interface Cause {
  readonly words: string;
  readonly side: Side;
  /** One sentence, where there is something better to say than the words. */
  readonly advice?: string;
}

import type { Clock } from '../../emulator/clock/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';

/** All that the cloud does not make itself. */
export interface Surroundings {
  readonly clock: Clock;
  /** The date, for what is written into answers and for the validity of certificates. */
  readonly date: () => Date;
  readonly rng: Rng;
}

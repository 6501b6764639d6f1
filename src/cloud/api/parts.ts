import type { Authorities, DpsCounters, Enrollments, Registrations } from '../dps/index.ts';
import type { Hub } from '../hub/index.ts';
import type { State } from '../state/index.ts';

/** The parts of a cloud that its portal works on. */
export interface CloudParts {
  readonly idScope: string;
  readonly authorities: Authorities;
  readonly enrollments: Enrollments;
  readonly registrations: Registrations;
  readonly hubs: readonly Hub[];
  readonly dpsCounters: DpsCounters;
  readonly state: State;
}

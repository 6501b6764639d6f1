import { createHash } from 'node:crypto';
import type { Allocation } from '../options.ts';

/** A hub as allocation sees it. */
export interface Candidate {
  readonly name: string;
  /** How many devices it has. */
  readonly size: number;
}

/**
 * The hub for a device that has none. Hashed, the device's id decides, evenly over the hubs, and a hub more or less moves only the
 * devices that must (rendezvous hashing); by lowest load the one with the fewest devices; static, the first.
 */
export function allocate<T extends Candidate>(
  policy: Allocation,
  registrationId: string,
  hubs: readonly T[],
): T | undefined {
  if (policy === 'static') return hubs[0];
  if (policy === 'lowest-load') return least(hubs, ({ size }) => size);
  return least(hubs, ({ name }) => hashOf(`${name}/${registrationId.toLowerCase()}`));
}

function least<T>(all: readonly T[], weight: (one: T) => number): T | undefined {
  return all.reduce<T | undefined>(
    (best, one) => (best === undefined || weight(one) < weight(best) ? one : best),
    undefined,
  );
}

function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}

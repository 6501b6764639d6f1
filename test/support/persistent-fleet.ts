import { rootRng } from '../../emulator/rng/index.ts';
import { createCa } from '../../src/factory/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import { type CreatedFleet, type CreateFleetOptions, createFleet } from '../../src/store/index.ts';

/** Makes a seeded fleet, or goes on with it. */
export function makeFleet(
  directory: string,
  count: number,
  options: Partial<CreateFleetOptions> = {},
): Promise<CreatedFleet> {
  const profile = loadProfile('esp32-mqtts');
  const now = new Date();
  return createFleet({
    directory,
    count,
    profile,
    seed: 'kept',
    entropy: new Uint8Array(32),
    ca: () => createCa({ rng: rootRng('kept'), now, names: profile.certificates }),
    now,
    signal: new AbortController().signal,
    workers: 1,
    ...options,
  });
}

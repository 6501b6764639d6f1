import { randomUUID } from 'node:crypto';
import { EmuError } from '../../emulator/errors.ts';
import type { Profile } from '../../emulator/firmware/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { formatDevices } from '../base/index.ts';
import { type Ca, caDocument, certificatePem, DeviceFactory } from '../factory/index.ts';
import { ChipStore } from './chip-store.ts';
import { type CompletionOptions, completeFleet } from './complete.ts';
import { fleetPaths, STORE_ENTRIES } from './files.ts';
import { FLEET_FORMAT, type FleetFile, findFleet, profileDocument, writeFleetFile } from './fleet-file.ts';
import { type FleetKeys, readKeys, writeKeys } from './keys-file.ts';
import { namingLostDevices } from './lost-devices.ts';
import { newStore } from './new-store.ts';
import { lockRange } from './range-lock.ts';
import { makeDirectoryFor, type Purpose, requireRoom } from './require-room.ts';

const FLEET: Purpose = {
  code: 'EMU_E_USAGE_FLEET',
  contents: 'a fleet',
  intent: 'make a fleet',
  entries: [/^(fleet|keys)\.yaml(\.partial)?$/, ...STORE_ENTRIES],
};

export interface CreateFleetOptions extends CompletionOptions {
  readonly directory: string;
  readonly count: number;
  readonly profile: Profile;
  /** Any text: the seed of all keys, for tests only. */
  readonly seed: string | undefined;
  /** 32 bytes from which all keys come where there is no seed. A fleet that is continued has its own. */
  readonly entropy: Uint8Array;
  /** The CA above the devices, created when the fleet is begun. A fleet that is continued has its own. */
  readonly ca: () => Ca;
  readonly now: Date;
}

export interface CreatedFleet {
  readonly fleet: FleetFile;
  /** Devices that were there already. */
  readonly before: number;
  /** Devices that are there now: fewer than the fleet has when it was interrupted. */
  readonly made: number;
}

/**
 * Creates a fleet in a directory, or continues the one that is there.
 * @throws EmuError EMU_E_USAGE_FLEET, EMU_E_FLEET_…, EMU_E_STORE_WRITE
 */
export async function createFleet(options: CreateFleetOptions): Promise<CreatedFleet> {
  const { directory, count } = options;
  const begun = requireSame(findFleet(directory), options);
  if (begun === undefined) requireRoom(directory, FLEET);
  // Before there is a directory: what is refused leaves nothing behind.
  const plan = begun ? undefined : planFleet(options);
  makeDirectoryFor(directory, FLEET);
  const lock = lockRange(directory, { from: 0, to: count }, 'emu fleet create');
  try {
    // Looked at again: until the lock somebody else may have begun.
    const fleet = requireSame(findFleet(directory), options) ?? (await begin(directory, plan ?? planFleet(options)));
    const keys = readKeys(directory, fleet);
    return await namingLostDevices(directory, fleet, async () => {
      const store = ChipStore.open(fleetPaths(directory).chips, fleet.id, 'write');
      try {
        store.requireIntact();
        const before = store.numbers().length;
        return { fleet, before, made: await completeFleet(store, fleet, keys, options) };
      } finally {
        await store.close();
      }
    });
  } finally {
    lock.release();
  }
}

/** A fleet as it is written down: everything but its devices. */
interface FleetPlan {
  readonly fleet: FleetFile;
  readonly keys: FleetKeys;
}

function planFleet({ count, profile, seed, entropy, now, ...options }: CreateFleetOptions): FleetPlan {
  const keys: FleetKeys = { ca: options.ca(), randomness: seed ?? entropy };
  const { rootKey, signerKey, ...authority } = caDocument(keys.ca);
  const rng = rootRng(keys.randomness);
  const { definitions } = new DeviceFactory({ rng, ca: keys.ca, profile });
  const fleet: FleetFile = {
    format: FLEET_FORMAT,
    id: randomUUID(),
    created: now.toISOString(),
    devices: { first: 0, count },
    ...(seed !== undefined && { seed }),
    sensors: Buffer.from(rng.fork('sensors').bytes(32)).toString('hex'),
    authority: { ...authority, anchors: [...authority.anchors] },
    deviceTemplate: certificatePem(definitions.device.template),
    profile,
  };
  return { fleet, keys };
}

/** fleet.yaml comes last: a directory without it holds nothing that counts. */
async function begin(directory: string, { fleet, keys }: FleetPlan): Promise<FleetFile> {
  writeKeys(directory, keys);
  await newStore(directory, { fleet: fleet.id, runs: 0 }, []);
  writeFleetFile(directory, fleet);
  return fleet;
}

/** The fleet that is there, when it is the one that is asked for. */
function requireSame(fleet: FleetFile | undefined, options: CreateFleetOptions): FleetFile | undefined {
  if (fleet === undefined) return undefined;
  const { count, profile, seed, directory } = options;
  const differences: string[] = [];
  if (fleet.devices.first !== 0) differences.push('it is a shard, which is complete');
  if (fleet.devices.count !== count) differences.push(`it has ${formatDevices(fleet.devices.count)}, not ${count}`);
  if (fleet.seed !== seed) differences.push('it has another seed');
  const same = JSON.stringify(profileDocument(fleet.profile)) === JSON.stringify(profileDocument(profile));
  if (!same) differences.push(`its profile, ${fleet.profile.name}, differs`);
  if (differences.length === 0) return fleet;
  throw new EmuError('EMU_E_USAGE_FLEET', `${directory} has another fleet: ${differences.join('; ')}`, {
    value: directory,
    hint: 'Run the command that began it, to continue, or name another --out.',
  });
}

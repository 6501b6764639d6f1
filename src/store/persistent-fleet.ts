import type { WrittenChip } from '../../emulator/device/index.ts';
import { EmuError } from '../../emulator/errors.ts';
import type { Profile } from '../../emulator/firmware/index.ts';
import { type CredentialDefinitions, definitionFrom } from '../../emulator/host-library/index.ts';
import type { I2cController } from '../../emulator/i2c/index.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { type Ca, derOf, type ProvisionedDevice } from '../factory/index.ts';
import { ChipStore } from './chip-store.ts';
import { DurableMemory, durableController } from './durable.ts';
import { damaged } from './failures.ts';
import { fleetPaths } from './files.ts';
import { type FleetFile, readFleet } from './fleet-file.ts';
import { Keeper, randomnessOfRun } from './keeper.ts';
import { anchorsOf } from './keys-file.ts';
import { type DeviceRange, rangeOf, type Segment } from './range.ts';
import { lockRange, type RangeLock } from './range-lock.ts';

/** A handshake writes to its chip once; fifty transactions a second serve any number of them. A chip's Write takes up to 45 ms. */
const GROUP_MS = 20;

/** Devices of a kept fleet, claimed by this process: their memories, and what keeps them. */
export class PersistentFleet {
  readonly file: FleetFile;
  readonly definitions: CredentialDefinitions;
  readonly authority: Pick<Ca, 'anchors' | 'organization'>;
  readonly devices: readonly ProvisionedDevice[];
  /** The root of what is soldered on and stays: the sensors. */
  readonly parts: Rng;
  readonly #keeper: Keeper;
  readonly #store: ChipStore;
  readonly #lock: RangeLock;

  private constructor(directory: string, file: FleetFile, range: DeviceRange, store: ChipStore, lock: RangeLock) {
    this.file = file;
    this.definitions = definitionsOf(file);
    this.authority = { anchors: anchorsOf(file), organization: file.authority.organization };
    this.devices = devicesIn(directory, store, range);
    this.parts = rootRng(Uint8Array.from(Buffer.from(file.sensors, 'hex')));
    this.#keeper = new Keeper(store);
    this.#store = store;
    this.#lock = lock;
  }

  /**
   * Claims a part of the fleet in `directory`, the last segment of the one before it and so on, and reads its chips.
   * @throws EmuError EMU_E_FLEET_…
   */
  static async open(directory: string, ...segments: readonly Segment[]): Promise<PersistentFleet> {
    const file = readFleet(directory);
    const store = ChipStore.open(fleetPaths(directory).chips, file.id, 'write', GROUP_MS);
    let lock: RangeLock | undefined;
    try {
      const range = segments.reduce(rangeOf, wholeOf(file));
      lock = lockRange(directory, range, 'emu run');
      requireComplete(directory, file, store);
      return new PersistentFleet(directory, file, range, store, lock);
    } catch (error) {
      lock?.release();
      await store.close();
      throw error;
    }
  }

  /** Rejects when a chip's memory cannot be kept: the run is over then. */
  get failed(): Promise<never> {
    return this.#keeper.failed;
  }

  /** Makes what the chip of one of `devices` writes last: its controller settles only when it does. */
  durableFor(serialNumber: Uint8Array): (chip: WrittenChip, controller: I2cController) => I2cController {
    const commit = (memory: Uint8Array) => this.#keeper.keep(serialNumber, memory);
    return (chip, controller) => durableController(controller, new DurableMemory(chip, commit, true));
  }

  async close(): Promise<void> {
    try {
      await this.#store.close();
    } finally {
      this.#lock.release();
    }
  }
}

/**
 * Begins a run of the fleet in `directory`: what `rootRng` takes for all that chips and firmware draw in it.
 * @throws EmuError EMU_E_FLEET_…, EMU_E_STORE_WRITE
 */
export async function beginRun(directory: string): Promise<Uint8Array> {
  const file = readFleet(directory);
  const store = ChipStore.open(fleetPaths(directory).chips, file.id, 'write');
  try {
    return randomnessOfRun(store, file.seed);
  } finally {
    await store.close();
  }
}

/** All devices that a fleet's file speaks of. */
export function wholeOf({ devices: { first, count } }: FleetFile): DeviceRange {
  return { from: first, to: first + count };
}

/** What the firmware of the fleet was built with. */
export function definitionsOf({ profile, authority, deviceTemplate }: FleetFile): CredentialDefinitions {
  return {
    deviceKeySlot: (profile satisfies Profile).chip.deviceKeySlot,
    slots: profile.certificates.slots,
    signerRecord: profile.certificates.signerRecord,
    signer: definitionFrom(derOf(authority.signer), 'signer'),
    device: definitionFrom(derOf(deviceTemplate), 'device'),
  };
}

/** @throws EmuError EMU_E_FLEET_INCOMPLETE */
export function requireComplete(directory: string, { devices: { count } }: FleetFile, store: ChipStore): void {
  const made = store.numbers().length;
  if (made === count) return;
  throw new EmuError('EMU_E_FLEET_INCOMPLETE', `the fleet in ${directory} has ${made} of its ${count} devices`, {
    value: made,
    hint: 'Go on making it: give the command that began it once more.',
  });
}

/** @throws EmuError EMU_E_FLEET_DAMAGED */
export function devicesIn(directory: string, store: ChipStore, { from, to }: DeviceRange): ProvisionedDevice[] {
  return Array.from({ length: to - from }, (_, offset) => {
    const device = store.device(from + offset);
    if (device === undefined) throw damaged(fleetPaths(directory).chips, `device ${from + offset} is missing`);
    return device;
  });
}

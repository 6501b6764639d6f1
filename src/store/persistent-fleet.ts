import type { WrittenChip } from '../../emulator/device/index.ts';
import type { Profile } from '../../emulator/firmware/index.ts';
import { type CredentialDefinitions, definitionFrom } from '../../emulator/host-library/index.ts';
import type { I2cController } from '../../emulator/i2c/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import { derOf, type ProvisionedDevice } from '../factory/index.ts';
import { ChipStore } from './chip-store.ts';
import { ClaimedStore } from './claimed-store.ts';
import { DurableMemory, durableController } from './durable.ts';
import { fleetPaths } from './files.ts';
import { type FleetFile, readFleet, wholeOf } from './fleet-file.ts';
import { devicesIn, requireComplete, withFleet } from './fleet-store.ts';
import { namingLostDevices } from './lost-devices.ts';
import { randomnessOfRun, rootOfParts } from './randomness.ts';
import { rangeOf, type Segment } from './range.ts';
import { lockRange, type RangeLock } from './range-lock.ts';

/** A handshake writes to its chip once; fifty transactions a second serve any number of them. A chip's Write takes up to 45 ms. */
const GROUP_MS = 20;

/** Devices of a persistent fleet, claimed by this process: their memories, and what makes them last. */
export class PersistentFleet {
  readonly file: FleetFile;
  readonly definitions: CredentialDefinitions;
  readonly devices: readonly ProvisionedDevice[];
  /** The root of what is soldered on and stays: the sensors. */
  readonly parts: Rng;
  readonly #claimed: ClaimedStore;

  private constructor(file: FleetFile, devices: readonly ProvisionedDevice[], claimed: ClaimedStore) {
    this.file = file;
    this.definitions = definitionsOf(file);
    this.devices = devices;
    this.parts = rootOfParts(file);
    this.#claimed = claimed;
  }

  /**
   * Claims a part of the fleet in `directory`, the last segment of the one before it and so on, and reads its chips.
   * @throws EmuError EMU_E_FLEET_…
   */
  static async open(directory: string, ...segments: readonly Segment[]): Promise<PersistentFleet> {
    const file = readFleet(directory);
    return namingLostDevices(directory, file, () => PersistentFleet.#open(directory, file, segments));
  }

  static async #open(directory: string, file: FleetFile, segments: readonly Segment[]): Promise<PersistentFleet> {
    const store = ChipStore.open(fleetPaths(directory).chips, file.id, 'write', GROUP_MS);
    let lock: RangeLock | undefined;
    try {
      const range = segments.reduce(rangeOf, wholeOf(file));
      lock = lockRange(directory, range, 'emu run');
      requireComplete(directory, file, store);
      return new PersistentFleet(file, devicesIn(directory, store, range), new ClaimedStore(store, lock));
    } catch (error) {
      lock?.release();
      await store.close();
      throw error;
    }
  }

  /** Rejects when a chip's memory cannot be stored: the run is over then. */
  get failed(): Promise<never> {
    return this.#claimed.failed;
  }

  /** Makes what the chip of one of `devices` writes last: its controller settles only when it does. */
  durableFor(serialNumber: Uint8Array): (chip: WrittenChip, controller: I2cController) => I2cController {
    const commit = (memory: Uint8Array) => this.#claimed.commit(serialNumber, memory);
    return (chip, controller) => durableController(controller, new DurableMemory(chip, commit, true));
  }

  close(): Promise<void> {
    return this.#claimed.close();
  }
}

/**
 * Begins a run of the fleet in `directory`: what `rootRng` takes for all that chips and firmware draw in it.
 * @throws EmuError EMU_E_FLEET_…, EMU_E_STORE_WRITE
 */
export function beginRun(directory: string): Promise<Uint8Array> {
  return withFleet(directory, 'write', ({ seed }, store) => randomnessOfRun(store, seed));
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

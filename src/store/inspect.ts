import { type ConfigZone, counterValue, decodeConfig } from '../../emulator/atecc608/index.ts';
import { EmuError } from '../../emulator/errors.ts';
import { firmwareOf } from '../../emulator/firmware/index.ts';
import { loadCredentials } from '../../emulator/host-library/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { benchDriver, derOf, type ProvisionedDevice } from '../factory/index.ts';
import { type FleetFile, wholeOf } from './fleet-file.ts';
import { devicesIn, withFleet } from './fleet-store.ts';
import { definitionsOf } from './persistent-fleet.ts';
import type { DeviceRange } from './range.ts';

export interface ListedDevice {
  /** Its number in the fleet. */
  readonly device: number;
  /** 18 hexadecimal digits; the CN of its certificate. */
  readonly serialNumber: string;
  readonly clientId: string;
}

export interface FleetListing {
  readonly file: FleetFile;
  /** How many runs have begun. */
  readonly runs: number;
  readonly devices: readonly ListedDevice[];
}

export interface SlotView {
  readonly slot: number;
  /** What the firmware stores in it. */
  readonly meaning: string;
  readonly holds: 'private key' | 'secret' | 'data';
  /** Its contents are final. */
  readonly locked: boolean;
}

export interface DeviceView extends ListedDevice {
  readonly memory: Uint8Array;
  readonly config: ConfigZone;
  readonly locks: { readonly configuration: boolean; readonly data: boolean };
  /** The two monotonic counters. */
  readonly counters: readonly [number, number];
  readonly slots: readonly SlotView[];
  /** Device, signer and what stands above, DER: the first two as the firmware rebuilds them from the chip. */
  readonly chain: readonly Uint8Array[];
}

const UNLOCKED = 0x55;

/** The devices that are there, rising. Reads alone. @throws EmuError EMU_E_FLEET_… */
export function listFleet(directory: string): Promise<FleetListing> {
  return withFleet(directory, 'read', (file, store) => {
    const devices = store.identities().map((identity) => listed(file, identity));
    return { file, runs: store.runs, devices };
  });
}

/** The devices of a range, as they are now; the fleet goes on without them. @throws EmuError EMU_E_USAGE_RANGE, EMU_E_FLEET_… */
export function copyDevices(directory: string, range: DeviceRange): Promise<readonly ProvisionedDevice[]> {
  return withFleet(directory, 'read', (file, store) => {
    const whole = wholeOf(file);
    if (range.from >= whole.from && range.to <= whole.to) return devicesIn(directory, store, range);
    throw new EmuError('EMU_E_USAGE_RANGE', `the fleet in ${directory} has devices ${whole.from} to ${whole.to - 1}`, {
      value: range,
      hint: 'Take fewer, or others.',
    });
  });
}

/**
 * One device, found by its number, serial number or client id; undefined when there is none. Reads alone.
 * @throws EmuError EMU_E_FLEET_…, EMU_E_CERTIFICATE_REBUILD
 */
export function inspectDevice(directory: string, name: string): Promise<DeviceView | undefined> {
  return withFleet(directory, 'read', (file, store) => {
    const wanted = name.toLowerCase();
    const found = store
      .identities()
      .map((identity) => listed(file, identity))
      .find(
        ({ device, serialNumber, clientId }) =>
          (/^\d{1,8}$/.test(name) && device === Number(name)) ||
          serialNumber === wanted ||
          clientId.toLowerCase() === wanted,
      );
    const made = found && store.device(found.device);
    return made && viewOf(file, made);
  });
}

function listed({ profile }: FleetFile, unit: Omit<ProvisionedDevice, 'memory'>): ListedDevice {
  const { index, commonName } = unit;
  return { device: index, serialNumber: commonName, clientId: firmwareOf(profile).clientId(profile, unit) };
}

function viewOf(file: FleetFile, made: ProvisionedDevice): DeviceView {
  const config = decodeConfig(made.memory);
  const [first, second] = config.counters;
  return {
    ...listed(file, made),
    memory: made.memory,
    config,
    locks: { configuration: config.lockConfig !== UNLOCKED, data: config.lockValue !== UNLOCKED },
    counters: [counterValue(first), counterValue(second)],
    slots: config.slots.map(({ slotConfig, keyConfig, locked }, slot) => ({
      slot,
      meaning: meaningOf(slot, file),
      holds: keyConfig.private ? 'private key' : slotConfig.isSecret ? 'secret' : 'data',
      locked,
    })),
    chain: [...rebuiltChain(file, made), ...file.authority.anchors.map(derOf)],
  };
}

/** By the firmware's own commands, to a chip with a copy of the memory: nothing changes, and no key leaves it. */
export function rebuiltChain(
  file: FleetFile,
  { memory, commonName }: ProvisionedDevice,
): readonly [device: Uint8Array, signer: Uint8Array] {
  const driver = benchDriver(memory.slice(), rootRng('nothing is drawn to read a chip'));
  const compiledIn =
    file.profile.certificates.deviceCommonName === 'template' ? new TextEncoder().encode(commonName) : undefined;
  return loadCredentials(driver, definitionsOf(file), compiledIn);
}

/** What the profile's firmware stores in a slot. */
function meaningOf(slot: number, { profile: { chip, certificates } }: FleetFile): string {
  if (slot === chip.deviceKeySlot) return 'device key, signs in the handshake';
  if (slot === chip.ioProtectionSlot) return 'IO protection key, new in every handshake';
  if (chip.spareKeySlots.includes(slot)) return 'spare key, never used';
  const { slots } = certificates;
  switch (slot) {
    case slots.compressedDevice:
      return 'device certificate, compressed';
    case slots.signerPublicKey:
      return 'public key of the signer';
    case slots.compressedSigner:
      return 'signer certificate, compressed';
    case slots.signerRecord:
      return 'serial number and dates of the signer certificate';
    case slots.rootPublicKey:
      return 'public key of the root';
    case slots.commonName:
      return certificates.deviceCommonName === 'slot8' ? 'common name of the device' : 'unused';
    default:
      return 'unused';
  }
}

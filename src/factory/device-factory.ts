import { factoryMemory } from '../../emulator/atecc608/index.ts';
import { EmuError } from '../../emulator/errors.ts';
import type { Profile } from '../../emulator/firmware/index.ts';
import {
  type CredentialDefinitions,
  compressSigner,
  configure,
  definitionFrom,
  provision,
  type SignerSlots,
} from '../../emulator/host-library/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import { benchDriver } from './bench-chip.ts';
import type { Ca } from './ca.ts';
import { DeviceCertificates } from './device-certificate.ts';
import { type DeviceIdentity, identities } from './identity.ts';

export interface DeviceFactoryOptions {
  /** The fleet's root: device k's keys flow from its branch ('device', k, 'factory'). */
  readonly rng: Rng;
  readonly ca: Ca;
  readonly profile: Pick<Profile, 'chip' | 'certificates'>;
}

/** A device ready for its first boot. */
export interface ProvisionedDevice extends DeviceIdentity {
  /** Its chip's memory, 1400 bytes, personalised and locked. */
  readonly memory: Uint8Array;
}

/** Personalises chips by the commands that the firmware's own tools send them. */
export class DeviceFactory {
  /** What the firmware of every device of the fleet is built with. */
  readonly definitions: CredentialDefinitions;
  readonly #options: DeviceFactoryOptions;
  readonly #identity: (index: number) => DeviceIdentity;
  readonly #certificates: DeviceCertificates;
  readonly #signerSlots: SignerSlots;

  constructor(options: DeviceFactoryOptions) {
    const { ca, profile, rng } = options;
    this.#options = options;
    this.#identity = identities(rng);
    this.#certificates = new DeviceCertificates(ca);
    this.#signerSlots = compressSigner(ca.signer.der, profile.certificates.signerRecord);
    this.definitions = {
      deviceKeySlot: profile.chip.deviceKeySlot,
      slots: profile.certificates.slots,
      signerRecord: profile.certificates.signerRecord,
      signer: definitionFrom(ca.signer.der, 'signer'),
      device: this.#certificates.definition,
    };
  }

  /**
   * Device `index` of the fleet. Its keys are the same whichever devices are provisioned beside it.
   * @throws EmuError EMU_E_PROFILE_CHIP
   */
  provisionDevice(index: number): ProvisionedDevice {
    try {
      return this.#provision(index);
    } catch (error) {
      if (!(error instanceof EmuError) || error.code !== 'EMU_E_CHIP_STATUS') throw error;
      throw new EmuError('EMU_E_PROFILE_CHIP', `the chip of this profile cannot be personalised: ${error.message}`, {
        value: error.value,
        hint: 'Its chip.configuration does not allow what its slots are for; emu chip config decodes a configuration.',
        cause: error,
      });
    }
  }

  /** The certificate of a device whose chip somebody else configures, DER. */
  issue(publicKey: Uint8Array, commonName: string): Uint8Array {
    return this.#certificates.issue(publicKey, new TextEncoder().encode(commonName));
  }

  #provision(index: number): ProvisionedDevice {
    const { ca, profile, rng } = this.#options;
    const identity = this.#identity(index);
    const memory = factoryMemory({ serialNumber: identity.serialNumber });
    // A branch apart from the one the chip will draw from in the field: there it would meet its own private key again.
    const driver = benchDriver(memory, rng.fork('device', index, 'factory'));
    const publicKey = configure(driver, profile.chip);
    const commonName = new TextEncoder().encode(identity.commonName);
    provision(driver, profile.chip, this.definitions, {
      rootPublicKey: ca.root.publicKey,
      signer: ca.signer.der,
      signerSlots: this.#signerSlots,
      device: this.#certificates.issue(publicKey, commonName),
      commonName: profile.certificates.deviceCommonName === 'template' ? commonName : undefined,
    });
    return { ...identity, memory };
  }
}

import { isSame } from '../../crypto/index.ts';
import { EmuError } from '../../errors.ts';
import { compressDevice, padPublicKey, type SignerSlots } from '../certificates/index.ts';
import { type CredentialDefinitions, readDeviceCertificate, readSignerCertificate } from '../credentials/index.ts';
import { type AteccDriver, dataAddress } from '../driver/index.ts';

/** What one device is provisioned with. */
export interface Credentials {
  /** X||Y. */
  readonly rootPublicKey: Uint8Array;
  /** DER. */
  readonly signer: Uint8Array;
  /** What `compressSigner` makes of it: the same for a whole fleet. */
  readonly signerSlots: SignerSlots;
  /** DER. */
  readonly device: Uint8Array;
  /** The device's CN where its firmware has it compiled in (ASCII); without it the CN goes to its slot. */
  readonly commonName: Uint8Array | undefined;
}

/** What a profile says about the key that every chip of a fleet is given. */
export interface IoProtectionKey {
  readonly ioProtectionSlot: number;
  /** 32 bytes, one constant for all: each handshake replaces it. */
  readonly ioProtectionKey: Uint8Array;
}

const BLOCK = 32;

/**
 * What the firmware's provisioning tool writes to a configured chip, in its order, and reads back to compare. Throws
 * `EMU_E_PROVISIONING` when what the chip gives back is not what was issued.
 */
export function provision(
  driver: AteccDriver,
  io: IoProtectionKey,
  definitions: CredentialDefinitions,
  credentials: Credentials,
): void {
  const { slots } = definitions;
  const { signer, signerSlots } = credentials;
  const device = compressDevice(credentials.device);
  const rootKey = padPublicKey(credentials.rootPublicKey);

  driver.init();
  writeSlot(driver, io.ioProtectionSlot, io.ioProtectionKey);
  writeSlot(driver, slots.rootPublicKey, rootKey);
  writeSlot(driver, slots.compressedSigner, signerSlots.compressed);
  writeSlot(driver, slots.signerRecord, signerSlots.record);
  writeSlot(driver, slots.signerPublicKey, signerSlots.publicKey);
  writeSlot(driver, slots.compressedDevice, device.compressed);
  if (credentials.commonName === undefined) writeSlot(driver, slots.commonName, device.commonName);

  requireSame('signer', signer, readSignerCertificate(driver, definitions, rootKey));
  requireSame(
    'device',
    credentials.device,
    readDeviceCertificate(driver, definitions, signerSlots.publicKey, credentials.commonName),
  );
}

/** Whole blocks only: of the last one a slot keeps what it has room for. */
function writeSlot(driver: AteccDriver, slot: number, bytes: Uint8Array): void {
  for (let block = 0; BLOCK * block < bytes.length; block++) {
    const content = new Uint8Array(BLOCK);
    content.set(bytes.subarray(BLOCK * block, BLOCK * (block + 1)));
    driver.write('data', dataAddress(slot, block), content);
  }
}

function requireSame(which: string, issued: Uint8Array, rebuilt: Uint8Array): void {
  if (isSame(issued, rebuilt)) return;
  throw new EmuError(
    'EMU_E_PROVISIONING',
    `the ${which} certificate from the chip differs from the one that was written`,
    {
      value: rebuilt,
      hint: 'issue it from the template that the firmware is built with',
    },
  );
}

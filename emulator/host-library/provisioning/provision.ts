import { isSame } from '../../crypto/index.ts';
import { EmuError } from '../../errors.ts';
import { compressDevice, definitionFrom, type Element, padPublicKey, type SignerSlots } from '../certificates/index.ts';
import { type CredentialDefinitions, readDeviceCertificate, readSignerCertificate } from '../credentials/index.ts';
import { type AteccDriver, dataAddress, readSlotBytes, writeSlotBytes } from '../driver/index.ts';

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

/** What a tool does while it provisions. */
export type ProvisioningStep =
  | 'writeRootKey'
  | 'writeSerialNumber'
  | 'writeSigner'
  | 'writeDevice'
  | 'readSigner'
  | 'compareSigner'
  | 'readDevice'
  | 'compareDevice';

/** What differs between the tools that provision. */
export interface ProvisioningTool {
  /** Hears of each step as it begins. */
  readonly tell?: (step: ProvisioningStep) => void;
  /** A text that the tool leaves beside the credentials: whole words of a slot. */
  readonly serialNumber?: { readonly slot: number; readonly offset: number; readonly text: Uint8Array };
}

const BLOCK = 32;

/**
 * What the firmware's provisioning tools write to a configured chip, in their order, and read back to compare. Throws
 * `EMU_E_PROVISIONING` when what the chip gives back is not what was issued.
 */
export function provision(
  driver: AteccDriver,
  io: IoProtectionKey,
  definitions: CredentialDefinitions,
  credentials: Credentials,
  { tell = () => {}, serialNumber }: ProvisioningTool = {},
): void {
  const { slots } = definitions;
  const { signer, signerSlots, commonName } = credentials;
  const device = compressDevice(credentials.device);
  const rootKey = padPublicKey(credentials.rootPublicKey);

  driver.init();
  tell('writeRootKey');
  writeSlot(driver, io.ioProtectionSlot, io.ioProtectionKey);
  writeSlot(driver, slots.rootPublicKey, rootKey);
  if (serialNumber !== undefined) {
    tell('writeSerialNumber');
    writeSerialNumber(driver, serialNumber);
  }
  tell('writeSigner');
  writeSlot(driver, slots.compressedSigner, signerSlots.compressed);
  writeSlot(driver, slots.signerRecord, signerSlots.record);
  writeSlot(driver, slots.signerPublicKey, signerSlots.publicKey);
  tell('writeDevice');
  writeSlot(driver, slots.compressedDevice, device.compressed);
  if (commonName === undefined) writeSlot(driver, slots.commonName, device.commonName);

  tell('readSigner');
  const signerBack = readSignerCertificate(driver, definitions, rootKey);
  tell('compareSigner');
  requireSame('signer', signer, signerBack);
  tell('readDevice');
  const deviceBack = readDeviceCertificate(driver, definitions, signerSlots.publicKey, commonName);
  tell('compareDevice');
  requireSame('device', credentials.device, deviceBack);
}

function writeSerialNumber(
  driver: AteccDriver,
  { slot, offset, text }: NonNullable<ProvisioningTool['serialNumber']>,
): void {
  writeSlotBytes(driver, slot, offset, text);
  const value = readSlotBytes(driver, slot, offset, text.length);
  if (isSame(text, value)) return;
  throw new EmuError('EMU_E_PROVISIONING', 'the serial number from the chip differs from the one that was written', {
    value,
  });
}

/** Whole blocks only: of the last one a slot keeps what it has room for. */
function writeSlot(driver: AteccDriver, slot: number, bytes: Uint8Array): void {
  for (let block = 0; BLOCK * block < bytes.length; block++) {
    const content = new Uint8Array(BLOCK);
    content.set(bytes.subarray(BLOCK * block, BLOCK * (block + 1)));
    driver.write('data', dataAddress(slot, block), content);
  }
}

/** What a chip rebuilds from keys of its own. */
const FROM_KEYS = [
  ['publicKey', 'it was issued for another key than that of the chip'],
  ['authorityKeyId', 'it was issued by another key than the one above it in the chip'],
] as const;

function requireSame(kind: 'signer' | 'device', issued: Uint8Array, rebuilt: Uint8Array): void {
  if (isSame(issued, rebuilt)) return;
  const { elements } = definitionFrom(issued, kind);
  const differs = ({ offset, count }: Element) =>
    !isSame(issued.subarray(offset, offset + count), rebuilt.subarray(offset, offset + count));
  const reason = FROM_KEYS.find(([name]) => differs(elements[name]))?.[1];
  const what = `the ${kind} certificate from the chip differs from the one that was written`;
  throw new EmuError('EMU_E_PROVISIONING', reason === undefined ? what : `${what}: ${reason}`, {
    value: rebuilt,
    hint: 'issue it from the template that the firmware is built with',
  });
}

import { EmuError } from '../../errors.ts';
import {
  type CertificateDefinition,
  CertificateStatus,
  type Rebuilt,
  rebuildDevice,
  rebuildSigner,
} from '../certificates/index.ts';
import { type AteccDriver, dataAddress } from '../driver/index.ts';

/** Where the firmware's certificate definitions keep what their templates leave open. */
export const CREDENTIAL_SLOTS = {
  commonName: 8,
  compressedDevice: 10,
  signerPublicKey: 11,
  compressedSigner: 12,
  signerRecord: 14,
  rootPublicKey: 15,
} as const;

/** The certificate definitions compiled into a firmware, shared by a whole fleet. */
export interface CredentialDefinitions {
  readonly deviceKeySlot: number;
  readonly signer: CertificateDefinition;
  readonly device: CertificateDefinition;
}

const PUBLIC_KEY = 0x00;
const COMPRESSED_LENGTH = 72;

/**
 * The chip commands before each connection: the client's certificates rebuilt from the slots, in the order of the TLS
 * Certificate message, device then signer. 24 commands with `commonName` compiled in (ASCII), 25 without: then it
 * comes from slot 8. Throws `EMU_E_CERTIFICATE_REBUILD` with the library's status name as value.
 */
export function loadCredentials(
  driver: AteccDriver,
  definitions: CredentialDefinitions,
  commonName?: Uint8Array,
): [device: Uint8Array, signer: Uint8Array] {
  driver.init();
  // The TLS library's key context takes the public key on its own account, before the certificate asks for it again.
  driver.genKey(PUBLIC_KEY, definitions.deviceKeySlot);
  const signerKey = readPublicKey(driver, CREDENTIAL_SLOTS.signerPublicKey);
  const device = readDeviceCertificate(driver, definitions, signerKey, commonName);
  driver.init();
  const rootKey = readPublicKey(driver, CREDENTIAL_SLOTS.rootPublicKey);
  const signer = readSignerCertificate(driver, definitions, rootKey);
  return [device, signer];
}

/** The device certificate, from slot 10, the public key of its private key and, without `commonName`, slot 8. */
export function readDeviceCertificate(
  driver: AteccDriver,
  { device, deviceKeySlot }: CredentialDefinitions,
  authorityKey72: Uint8Array,
  commonName?: Uint8Array,
): Uint8Array {
  const compressed = readExactly72(driver, CREDENTIAL_SLOTS.compressedDevice);
  const publicKey64 = driver.genKey(PUBLIC_KEY, deviceKeySlot);
  const name = commonName ?? readCommonName(driver, device);
  return rebuilt(
    'device',
    rebuildDevice({ definition: device, compressed, publicKey64, authorityKey72, commonName: name }),
  );
}

/** The signer certificate, from slots 12, 14 and 11. */
export function readSignerCertificate(
  driver: AteccDriver,
  { signer }: CredentialDefinitions,
  authorityKey72: Uint8Array,
): Uint8Array {
  const compressed = readExactly72(driver, CREDENTIAL_SLOTS.compressedSigner);
  const record = readBlocks(driver, CREDENTIAL_SLOTS.signerRecord, 2);
  const publicKey72 = readExactly72(driver, CREDENTIAL_SLOTS.signerPublicKey);
  return rebuilt('signer', rebuildSigner({ definition: signer, compressed, record, publicKey72, authorityKey72 }));
}

/** A public key of 72 bytes as the library reads it: three blocks, the last one padded by the chip. */
function readPublicKey(driver: AteccDriver, slot: number): Uint8Array {
  return readBlocks(driver, slot, 3).subarray(0, COMPRESSED_LENGTH);
}

function readBlocks(driver: AteccDriver, slot: number, blocks: number): Uint8Array {
  const bytes = new Uint8Array(32 * blocks);
  for (let block = 0; block < blocks; block++) {
    bytes.set(driver.read('data', dataAddress(slot, block), 32), 32 * block);
  }
  return bytes;
}

/** 72 bytes as the certificate library reads them: two blocks, then two words. */
function readExactly72(driver: AteccDriver, slot: number): Uint8Array {
  const bytes = new Uint8Array(COMPRESSED_LENGTH);
  bytes.set(readBlocks(driver, slot, 2));
  for (let word = 0; word < 2; word++) {
    bytes.set(driver.read('data', dataAddress(slot, 2, word), 4), 64 + 4 * word);
  }
  return bytes;
}

function readCommonName(driver: AteccDriver, { elements }: CertificateDefinition): Uint8Array {
  const block = driver.read('data', dataAddress(CREDENTIAL_SLOTS.commonName), 32);
  return block.subarray(0, elements.commonName.count);
}

function rebuilt(which: string, result: Rebuilt): Uint8Array {
  if (result.status === CertificateStatus.OK) return result.der;
  const name = Object.entries(CertificateStatus).find(([, status]) => status === result.status)?.[0];
  throw new EmuError('EMU_E_CERTIFICATE_REBUILD', `the ${which} certificate cannot be rebuilt: ATCACERT_E_${name}`, {
    value: `ATCACERT_E_${name}`,
    hint: 'provision the chip with certificates of this fleet',
  });
}

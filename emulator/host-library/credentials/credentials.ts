import { EmuError } from '../../errors.ts';
import {
  type CertificateDefinition,
  CertificateStatus,
  COMPRESSED_LENGTH,
  PADDED_KEY_LENGTH,
  type Rebuilt,
  type RecordLayout,
  rebuildDevice,
  rebuildSigner,
} from '../certificates/index.ts';
import { type AteccDriver, dataAddress, GEN_KEY } from '../driver/index.ts';

/** Where the firmware's certificate definitions keep what their templates leave open; a profile says which slots. */
export interface CredentialSlots {
  /** Read only by firmwares that have no common name compiled in. */
  readonly commonName: number;
  readonly compressedDevice: number;
  readonly signerPublicKey: number;
  readonly compressedSigner: number;
  readonly signerRecord: number;
  readonly rootPublicKey: number;
}

/** The certificate definitions compiled into a firmware, shared by a whole fleet. */
export interface CredentialDefinitions {
  readonly deviceKeySlot: number;
  readonly slots: CredentialSlots;
  /** Where in its slot the record of the signer has its fields. */
  readonly signerRecord: RecordLayout;
  readonly signer: CertificateDefinition;
  readonly device: CertificateDefinition;
}

/**
 * The chip commands before each connection: the client's certificates rebuilt from the slots, in the order of the TLS
 * Certificate message, device then signer. 24 commands with `commonName` compiled in (ASCII), 25 without: then it
 * comes from its slot. Throws `EMU_E_CERTIFICATE_REBUILD` with the library's status name as value.
 */
export function loadCredentials(
  driver: AteccDriver,
  definitions: CredentialDefinitions,
  commonName?: Uint8Array,
): [device: Uint8Array, signer: Uint8Array] {
  driver.init();
  // The TLS library's key context takes the public key on its own account, before the certificate asks for it again.
  driver.genKey(GEN_KEY.publicKey, definitions.deviceKeySlot);
  const { slots } = definitions;
  const signerKey = readPublicKey(driver, slots.signerPublicKey);
  const device = readDeviceCertificate(driver, definitions, signerKey, commonName);
  driver.init();
  const rootKey = readPublicKey(driver, slots.rootPublicKey);
  const signer = readSignerCertificate(driver, definitions, rootKey);
  return [device, signer];
}

/** The device certificate, from its slot, the public key of its private key and, without `commonName`, the slot of that. */
export function readDeviceCertificate(
  driver: AteccDriver,
  { device, deviceKeySlot, slots }: CredentialDefinitions,
  authorityKey72: Uint8Array,
  commonName?: Uint8Array,
): Uint8Array {
  const compressed = readExactly72(driver, slots.compressedDevice);
  const publicKey64 = driver.genKey(GEN_KEY.publicKey, deviceKeySlot);
  const name = commonName ?? readCommonName(driver, slots.commonName, device);
  return rebuilt(
    'device',
    rebuildDevice({ definition: device, compressed, publicKey64, authorityKey72, commonName: name }),
  );
}

/** The signer certificate, from its slot, its record and its public key. */
export function readSignerCertificate(
  driver: AteccDriver,
  { signer, signerRecord, slots }: CredentialDefinitions,
  authorityKey72: Uint8Array,
): Uint8Array {
  const compressed = readExactly72(driver, slots.compressedSigner);
  const record = readBlocks(driver, slots.signerRecord, 2);
  const publicKey72 = readExactly72(driver, slots.signerPublicKey);
  const parts = { definition: signer, compressed, record, layout: signerRecord, publicKey72, authorityKey72 };
  return rebuilt('signer', rebuildSigner(parts));
}

/** A public key of 72 bytes as the library reads it: three blocks, the last one padded by the chip. */
function readPublicKey(driver: AteccDriver, slot: number): Uint8Array {
  return readBlocks(driver, slot, 3).subarray(0, PADDED_KEY_LENGTH);
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

function readCommonName(driver: AteccDriver, slot: number, { elements }: CertificateDefinition): Uint8Array {
  const block = driver.read('data', dataAddress(slot), 32);
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

export { compressDevice, compressSigner, type DeviceSlots, type SignerSlots } from './compress.ts';
export {
  COMPRESSED_LENGTH,
  type CompressedCertificate,
  compressedBy,
  decodeCompressed,
  encodeCompressed,
  SnSource,
} from './compressed.ts';
export { type CompressedDates, decodeDates, encodeDates } from './dates.ts';
export {
  type CertificateDefinition,
  type CertificateElements,
  type CertificateKind,
  definitionFrom,
  type Element,
} from './definition.ts';
export {
  keyIdentifier,
  PADDED_KEY_LENGTH,
  padPublicKey,
  publicKeyFromInfo,
  subjectPublicKeyInfo,
  unpadPublicKey,
} from './public-key.ts';
export {
  CertificateStatus,
  type DeviceParts,
  type Rebuilt,
  rebuildDevice,
  rebuildSigner,
  type SignerParts,
} from './rebuild.ts';
export {
  type RecordLayout,
  SIGNER_RECORD,
  SIGNER_RECORD_COUNTS,
  SIGNER_RECORD_FIELDS,
  SIGNER_RECORD_LENGTH,
} from './record.ts';
export { hashSerialNumber } from './serial-number.ts';

// The reference back end is ./noble.ts, a face of its own: importing it costs 70 ms and 10 MB that a run on Node has no use for.

export { gcmTagLength, openAes128Gcm, sealAes128Gcm } from './aead.ts';
export { allocate } from './allocate.ts';
export { type DerElement, DerReader, derTag, ecdsaSignatureDer, objectIdentifier } from './der.ts';
export { gcmMultiply } from './ghash.ts';
export { hostNames } from './host-name.ts';
export { addressBytes } from './ip-address.ts';
export { isSame } from './is-same.ts';
export { nodeCrypto } from './node.ts';
export { certificatesFromPem, derFromPem, pemOf } from './pem.ts';
export type { ChipCrypto } from './port.ts';
export { prf } from './prf.ts';
export { RunningDigest } from './running-digest.ts';
export { sha1 } from './sha1.ts';
export { Sha256, sha256 } from './sha256.ts';
export { type CertificateProblem, type CertificateRules, type ChainVerdict, verifyServerChain } from './trust.ts';
export {
  type Certificate,
  type HashName,
  type PublicKey,
  parseCertificate,
  type SignatureAlgorithm,
  type SignatureKind,
  verifySignature,
} from './x509.ts';

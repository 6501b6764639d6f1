export { benchDriver } from './bench-chip.ts';
export {
  type Ca,
  type CaOptions,
  type CertificateNames,
  type CertifiedKey,
  createCa,
  type Issuer,
} from './ca.ts';
export { anchorsOf, type CaDocument, caDocument, caFrom, derOf, requireOwnKeys } from './ca-document.ts';
export { clientCertificate } from './client-certificate.ts';
export { DeviceFactory, type DeviceFactoryOptions, type ProvisionedDevice } from './device-factory.ts';
export { freshPart, partSerialNumber, trustAndGoRootPem } from './fresh-part.ts';
export { type DeviceIdentity, identities, identityOf, MAX_DEVICES } from './identity.ts';
export type { LeafCertificate } from './leaf-certificate.ts';
export { loadCa, type OwnRoot } from './own-root.ts';
export { certificatePem, isDamaged } from './pem.ts';
export { type PossessionOptions, possessionCertificate } from './possession.ts';
export {
  createServerCa,
  type ServerCa,
  type ServerCaDocument,
  type ServerCertificateOptions,
  serverCaDocument,
  serverCaFrom,
  serverCertificate,
} from './server-certificate.ts';

export {
  type Authority,
  type AuthorityOptions,
  type CertificateNames,
  type CertifiedKey,
  createAuthority,
  type Issuer,
} from './authority.ts';
export { certifiedKey, issuerOf } from './certified-key.ts';
export { clientCertificate } from './client-certificate.ts';
export { DeviceFactory, type DeviceFactoryOptions, type MadeDevice } from './device-factory.ts';
export { type DeviceIdentity, identities, identityOf, MAX_DEVICES } from './identity.ts';
export type { LeafCertificate } from './leaf-certificate.ts';
export { loadAuthority, type OwnRoot } from './own-root.ts';
export { certificatePem } from './pem.ts';
export { type PossessionOptions, possessionCertificate } from './possession.ts';
export {
  createServerAuthority,
  type ServerAuthority,
  type ServerCertificateOptions,
  serverCertificate,
} from './server-certificate.ts';

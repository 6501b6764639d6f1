export {
  type Authority,
  type AuthorityOptions,
  type CertificateNames,
  type CertifiedKey,
  createAuthority,
  type Issuer,
} from './authority.ts';
export { certifiedKey, issuerOf } from './certified-key.ts';
export { type ClientCertificate, clientCertificate } from './client-certificate.ts';
export { DeviceFactory, type DeviceFactoryOptions, type MadeDevice } from './device-factory.ts';
export { type DeviceIdentity, identities, identityOf, MAX_DEVICES } from './identity.ts';
export { loadAuthority, type OwnRoot } from './own-root.ts';
export { certificatePem } from './pem.ts';
export { type PossessionOptions, possessionCertificate } from './possession.ts';
export {
  createServerAuthority,
  type ServerAuthority,
  type ServerCertificate,
  type ServerCertificateOptions,
  serverCertificate,
} from './server-certificate.ts';

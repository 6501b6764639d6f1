export { bootSequence, type ChipReport } from './boot.ts';
export {
  type CredentialDefinitions,
  type CredentialSlots,
  loadCredentials,
  readDeviceCertificate,
  readSignerCertificate,
} from './credentials.ts';
export { chipKeys, type HandshakeSlots, type KeyHooks } from './keys.ts';

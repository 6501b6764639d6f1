export { bootSequence, type ChipReport, readConfigZone, readSerialNumber } from './boot.ts';
export {
  CREDENTIAL_SLOTS,
  type CredentialDefinitions,
  loadCredentials,
  readDeviceCertificate,
  readSignerCertificate,
} from './credentials.ts';
export { chipKeys, type HandshakeSlots } from './keys.ts';

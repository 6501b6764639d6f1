export { AteccDriver, dataAddress, type Zone } from '../esp32/atecc/index.ts';
export {
  checkMacOtherData,
  derivedKey,
  deriveKeyMac,
  genDigDigest,
  macDigest,
  nonceDigest,
  openOutput,
  privWriteMac,
  writeMac,
} from './digests.ts';
export { AteccHost, type ChallengeOptions, type HostOptions, type SlotKey } from './host.ts';
export { openChip } from './open-chip.ts';
export { chipAesDecrypt, chipAesEncrypt, chipHmac, chipKdf, chipSha256, type KdfRequest } from './symmetric.ts';
export { type BootImage, chipSecureBoot, chipVerify, type IoProtection, type SignedDigest } from './verification.ts';

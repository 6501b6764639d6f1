export { chipAesDecrypt, chipAesEncrypt, chipGcmMultiply } from './aes.ts';
export {
  derivedKey,
  deriveKeyMac,
  nonceDigest,
  openOutput,
  privWriteMac,
  publicKeyDigest,
  type SerialNumber,
  writeMac,
} from './digests.ts';
export { chipGenDig, type DigestHost, type DigestSource, genDigDigest } from './gen-dig.ts';
export { ChipHash, chipHmac, chipSha256 } from './hash.ts';
export { AteccHost, type ChallengeOptions, type HostOptions, type SlotKey } from './host.ts';
export { chipKdf, chipKdfInto, type KdfRequest, type KdfSource, type KdfTarget, kdfResult } from './kdf.ts';
export { type CheckMacInput, checkMacOtherData, checkMacResponse, macDigest } from './mac.ts';
export { openChip } from './open-chip.ts';
export { chipLoad, chipRehash, type Register } from './registers.ts';
export {
  chipValidate,
  internalMessage,
  otherDataOf,
  type SignedState,
  type Validation,
  validityDigest,
} from './validity.ts';
export { type BootImage, chipSecureBoot, chipVerify, type IoProtection, type SignedDigest } from './verification.ts';

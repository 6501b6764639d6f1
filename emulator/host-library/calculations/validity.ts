import { OPCODE } from '../../atecc608/index.ts';
import { agrees } from './agrees.ts';
import { joined, publicKeyDigest, type SerialNumber, type Sha256 } from './digests.ts';
import type { AteccHost } from './host.ts';
import { chipLoad } from './registers.ts';

/** What Sign says of a chip in an internal message; K is the slot that GenDig or GenKey mixed into TempKey. */
export interface SignedState {
  /** Of Sign: bit 6 takes the whole serial number in, bit 0 says that the signature is to invalidate. */
  readonly mode: number;
  /** The slot of the key that signs. */
  readonly keyId: number;
  /** TempKey, 32 bytes. */
  readonly tempKey: Uint8Array;
  /** TempKey's flags, as the first byte of Info's State has them; K is in bits 3:0. */
  readonly flags: number;
  /** SlotConfig of K. */
  readonly slotConfig: number;
  /** KeyConfig of K. */
  readonly keyConfig: number;
  /** Whether slot K is locked. */
  readonly locked: boolean;
  /** Whether K holds a public key that needs validation and has it. */
  readonly valid: boolean;
}

/** The 55 bytes whose SHA-256 Sign signs, on the chip of that serial number. */
export function internalMessage(serialNumber: SerialNumber, state: SignedState): Uint8Array {
  const message = new Uint8Array(55);
  const view = new DataView(message.buffer);
  message.set(state.tempKey.subarray(0, 32));
  message.set([OPCODE.Sign, state.mode, state.keyId], 32);
  view.setUint16(36, state.slotConfig, true);
  view.setUint16(38, state.keyConfig, true);
  message[40] = state.flags;
  message.set(serialNumber.subarray(8, 9), 43);
  message.set(serialNumber.subarray(0, 2), 48);
  if ((state.mode & 0x40) !== 0) {
    message.set(serialNumber.subarray(4, 8), 44);
    message.set(serialNumber.subarray(2, 4), 50);
  }
  message[52] = state.locked ? 0x00 : 0x01;
  message[53] = state.valid ? 0x01 : 0x00;
  return message;
}

/** What Verify needs of an internal message to validate by it: all but TempKey, opcode, SN[8] and SN[0:1]. */
export function otherDataOf(message: Uint8Array): Uint8Array {
  return joined(message.subarray(33, 43), message.subarray(44, 48), message.subarray(50, 55));
}

/** What the parent's key signs where Verify is to validate or invalidate; `tempKey` has the public key's digest. */
export function validityDigest(
  { sha256 }: Sha256,
  serialNumber: SerialNumber,
  tempKey: Uint8Array,
  otherData: Uint8Array,
): Uint8Array {
  return sha256(
    tempKey,
    Uint8Array.of(OPCODE.Sign),
    otherData.subarray(0, 10),
    serialNumber.subarray(8, 9),
    otherData.subarray(10, 14),
    serialNumber.subarray(0, 2),
    otherData.subarray(14),
  );
}

export interface Validation {
  /** Where the public key lies that is to be valid, or no longer. */
  readonly slot: number;
  /** X||Y */
  readonly publicKey: Uint8Array;
  /** R||S by the key whose public one lies in the slot's ReadKey, over `digest`. */
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly invalidate?: boolean;
  /** 19 bytes, where a chip signed an internal message; bit 0 of byte 17 says whether it is to invalidate. */
  readonly otherData?: Uint8Array;
  /** 32 bytes; where the parent's chip had to start from the same. Without them a random Nonce begins. */
  readonly nonce?: Uint8Array;
}

const STORED_DIGEST = 0x10;
const VALIDATE = 0x03;
const INVALIDATE = 0x07;
const GEN_KEY_OTHER_DATA = new Uint8Array(3);

/** Nonce, GenKey's digest of the public key, Verify. False: the chip finds the signature wrong. */
export function chipValidate(host: AteccHost, validation: Validation): boolean {
  const { slot, publicKey, sign, invalidate = false, nonce } = validation;
  const { driver, crypto, serialNumber } = host;
  const otherData = validation.otherData ?? new Uint8Array(19).fill(Number(invalidate), 17, 18);
  if (nonce !== undefined) chipLoad(driver, 'tempKey', nonce);
  const before = nonce ?? host.randomNonce();
  driver.request(OPCODE.GenKey, STORED_DIGEST, slot, GEN_KEY_OTHER_DATA, 0);
  const tempKey = publicKeyDigest(crypto, serialNumber, GEN_KEY_OTHER_DATA, publicKey, before);
  const signature = sign(validityDigest(crypto, serialNumber, tempKey, otherData));
  const data = joined(signature, otherData);
  return agrees(driver, OPCODE.Verify, invalidate ? INVALIDATE : VALIDATE, slot, data) !== undefined;
}

import { bits } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { SLOT_CONFIG } from '../config-layout.ts';
import { ioProtectionKey } from '../io-protection.ts';
import { countUse, isRandomEnough, mayUseKey } from '../key-use.ts';
import { commandBytes, messageBlock } from '../messages.ts';
import { OPCODE } from '../opcodes.ts';
import { isUsablePublicKey, needsValidation, publicKeyOf, setValidity, slotConfigOf } from '../slots.ts';
import { type ChipState, inputTempKey } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { BLOCK_SIZE, isDataLocked, isSlot, isSlotLocked } from '../zones.ts';

const OPERATION = 0x07;
const STORED = 0x00;
const EXTERNAL = 0x02;
const VALIDATE = 0x03;
const INVALIDATE = 0x07;
const FROM_MESSAGE_DIGEST_BUFFER = 0x20;
const WITH_MAC = 0x80;

const SIGNATURE_SIZE = 64;
const POINT_SIZE = 64;
const OTHER_DATA_SIZE = 19;
/** The key type P-256 stands where other modes have a slot. */
const EXTERNAL_KEY_ID = 0x0004;

/** Compares an ECDSA signature with a digest, under a public key of the host or of a slot. */
export const verify: Command = {
  opcode: OPCODE.Verify,
  name: 'Verify',
  lengths: [SIGNATURE_SIZE, SIGNATURE_SIZE + POINT_SIZE, SIGNATURE_SIZE + OTHER_DATA_SIZE],
  executionTime: [105, 295, 1085],
  execute(chip, mode, keyId, data) {
    if (mode & ~(OPERATION | FROM_MESSAGE_DIGEST_BUFFER | WITH_MAC)) return STATUS.ParseError;
    const signature = data.subarray(0, SIGNATURE_SIZE);
    const rest = data.subarray(SIGNATURE_SIZE);
    switch (mode & OPERATION) {
      case STORED:
        if (rest.length !== 0 || !isSlot(keyId)) return STATUS.ParseError;
        return verifyStored(chip, mode, keyId, signature);
      case EXTERNAL:
        if (rest.length !== POINT_SIZE || keyId !== EXTERNAL_KEY_ID) return STATUS.ParseError;
        return verifyDigest(chip, mode, keyId, rest, signature);
      case VALIDATE:
      case INVALIDATE:
        if (rest.length !== OTHER_DATA_SIZE || !isSlot(keyId) || mode > INVALIDATE) return STATUS.ParseError;
        return changeValidity(chip, mode, keyId, signature, rest);
      default:
        // Mode 1 checks certificates (X509format), of which the sources say too little to follow them.
        return STATUS.ParseError;
    }
  },
};

function verifyStored(chip: ChipState, mode: number, slot: number, signature: Uint8Array): Status | Uint8Array {
  if (!mayVerifyWith(chip, slot, mode)) return STATUS.ExecutionError;
  const point = publicKeyOf(chip.memory, slot);
  const answer = verifyDigest(chip, mode, slot, point, signature);
  if (answer === STATUS.ExecutionError) return answer;
  countUse(chip, slot);
  chip.authorisation = answer === STATUS.Miscompare ? undefined : slot;
  return answer;
}

/** ReqRandom asks a random nonce in TempKey, and so that the message is there. */
function mayVerifyWith(chip: ChipState, slot: number, mode: number): boolean {
  if (!isUsablePublicKey(chip, slot) || !mayUseKey(chip, slot)) return false;
  return isRandomEnough(chip, slot, mode & FROM_MESSAGE_DIGEST_BUFFER ? undefined : inputTempKey(chip));
}

/** The digest stays where it is. A point that is not on the curve is an execution error, which cryptoauthlib's tests expect. */
function verifyDigest(
  chip: ChipState,
  mode: number,
  keyId: number,
  point: Uint8Array,
  signature: Uint8Array,
): Status | Uint8Array {
  const { crypto, memory, messageDigestBuffer: buffer } = chip;
  const fromBuffer = (mode & FROM_MESSAGE_DIGEST_BUFFER) !== 0;
  const digest = (fromBuffer ? buffer : inputTempKey(chip)?.value)?.subarray(0, BLOCK_SIZE);
  if (digest === undefined || !crypto.isPoint(point)) return STATUS.ExecutionError;
  if ((mode & WITH_MAC) === 0) {
    return crypto.verifyDigest(point, digest, signature) ? STATUS.Success : STATUS.Miscompare;
  }
  // The system nonce lies behind a digest in the buffer, or alone in it.
  const nonce = fromBuffer ? buffer?.subarray(BLOCK_SIZE) : buffer?.subarray(0, BLOCK_SIZE);
  const ioKey = ioProtectionKey(memory);
  if (nonce?.length !== BLOCK_SIZE || ioKey === undefined) return STATUS.ExecutionError;
  if (!crypto.verifyDigest(point, digest, signature)) return STATUS.Miscompare;
  const tail = Uint8Array.from(commandBytes(OPCODE.Verify, mode, keyId));
  return crypto.sha256(ioKey, digest, nonce, signature, tail);
}

/**
 * Marks the public key of `slot` as valid or invalid, on the word of the key that its ReadKey names. What is signed is
 * the internal message of Sign about a TempKey into which GenKey digested the public key; OtherData is the part of it
 * that this chip cannot know.
 */
function changeValidity(
  chip: ChipState,
  mode: number,
  slot: number,
  signature: Uint8Array,
  otherData: Uint8Array,
): Status {
  const { memory, crypto } = chip;
  const tempKey = inputTempKey(chip);
  const parent = bits(slotConfigOf(memory, slot), SLOT_CONFIG.readKey);
  const invalidate = mode === INVALIDATE;
  if (!isDataLocked(memory) || !needsValidation(memory, slot) || isSlotLocked(memory, slot)) {
    return STATUS.ExecutionError;
  }
  if (!tempKey?.genKeyData || tempKey.keyId !== slot) return STATUS.ExecutionError;
  if (((otherData[17] as number) & 0x01) !== Number(invalidate)) return STATUS.ExecutionError;
  const point = publicKeyOf(memory, parent);
  if (!mayVerifyWith(chip, parent, mode) || !crypto.isPoint(point)) return STATUS.ExecutionError;

  const digest = crypto.sha256(tempKey.value, validityMessage(memory, otherData));
  const isGood = crypto.verifyDigest(point, digest, signature);
  chip.tempKey = undefined;
  countUse(chip, parent);
  if (!isGood) return STATUS.Miscompare;
  setValidity(chip, slot, !invalidate);
  return STATUS.Success;
}

/** 41 || OtherData[0:9] || SN[8] || OtherData[10:13] || SN[0:1] || OtherData[14:18]. */
function validityMessage(memory: Uint8Array, otherData: Uint8Array): Uint8Array {
  const serial = messageBlock(memory, [], 7);
  const message = new Uint8Array(23);
  message[0] = OPCODE.Sign;
  message.set(otherData.subarray(0, 10), 1);
  message.set(serial.subarray(4, 5), 11);
  message.set(otherData.subarray(10, 14), 12);
  message.set(serial.subarray(5, 7), 16);
  message.set(otherData.subarray(14), 18);
  return message;
}

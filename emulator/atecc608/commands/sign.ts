import { has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CONFIG, KEY_CONFIG, PRIVATE_KEY_USE } from '../config-layout.ts';
import { passesHealthTest } from '../health-test.ts';
import { countUse, mayUsePrivateKey } from '../key-use.ts';
import { OPCODE } from '../opcodes.ts';
import { isValidated, keyConfigOf, needsValidation, scalarOf, slotConfigOf } from '../slots.ts';
import { type ChipState, SOURCE, type TempKey, tempKeyFlags } from '../state.ts';
import { STATUS } from '../status.ts';
import { isSlot, isSlotLocked, serialNumber } from '../zones.ts';

const EXTERNAL = 0x80;
const INCLUDE_SERIAL = 0x40;
const FROM_MESSAGE_DIGEST_BUFFER = 0x20;
/** Says that the signature is to invalidate a public key; it counts only as a part of the message's mode byte. */
const INVALIDATE = 0x01;

/**
 * An ECDSA signature of a digest that the host loaded (external) or of a message about the chip's own state (internal).
 * TempKey does not outlive its use; nothing says so of the Message Digest Buffer, which stays.
 */
export const sign: Command = {
  opcode: OPCODE.Sign,
  name: 'Sign',
  lengths: [0],
  executionTime: [115, 220, 665],
  execute(chip, mode, keyId) {
    const external = (mode & EXTERNAL) !== 0;
    const fromBuffer = (mode & FROM_MESSAGE_DIGEST_BUFFER) !== 0;
    if (mode & ~(EXTERNAL | INCLUDE_SERIAL | FROM_MESSAGE_DIGEST_BUFFER | INVALIDATE)) return STATUS.ParseError;
    // The internal message is made of TempKey alone.
    if ((!external && fromBuffer) || !isSlot(keyId)) return STATUS.ParseError;
    const use = external ? PRIVATE_KEY_USE.externalSign : PRIVATE_KEY_USE.internalSign;
    if (!mayUsePrivateKey(chip, keyId) || !has(slotConfigOf(chip.memory, keyId), use)) return STATUS.ExecutionError;
    const digest = fromBuffer ? chip.messageDigestBuffer?.subarray(0, 32) : fromTempKey(chip, mode, keyId);
    if (digest === undefined) return STATUS.ExecutionError;
    if (!passesHealthTest(chip)) return STATUS.HealthTestFailure;

    const signature = chip.crypto.signDigest(scalarOf(chip.memory, keyId), digest, chip.rng.bytes(32));
    if (!fromBuffer) chip.tempKey = undefined;
    if (signature === undefined) return STATUS.EccFault;
    countUse(chip, keyId);
    return signature;
  },
};

/** The digest that TempKey gives, or undefined where it may not. ReqRandom asks a random nonce of it. */
function fromTempKey(chip: ChipState, mode: number, keyId: number): Uint8Array | undefined {
  const { memory, tempKey } = chip;
  if (tempKey === undefined || tempKey.privateKey) return undefined;
  if (has(keyConfigOf(memory, keyId), KEY_CONFIG.reqRandom) && tempKey.sourceFlag !== SOURCE.Random) return undefined;
  if (mode & EXTERNAL) return tempKey.value.subarray(0, 32);
  if (!tempKey.genDigData && !tempKey.genKeyData) return undefined;
  return chip.crypto.sha256(internalMessage(memory, tempKey, mode, keyId));
}

/** 55 bytes about the slot K that GenDig or GenKey mixed into TempKey, its policy and the chip. */
function internalMessage(memory: Uint8Array, tempKey: TempKey, mode: number, keyId: number): Uint8Array {
  const k = tempKey.keyId;
  const { sn8, sn4, sn0, sn2 } = serialNumber(memory);
  const slotConfig = CONFIG.SlotConfig + 2 * k;
  const keyConfig = CONFIG.KeyConfig + 2 * k;
  const message = new Uint8Array(55);
  message.set(tempKey.value.subarray(0, 32));
  message.set([OPCODE.Sign, mode, keyId, 0x00], 32);
  message.set(memory.subarray(slotConfig, slotConfig + 2), 36);
  message.set(memory.subarray(keyConfig, keyConfig + 2), 38);
  message[40] = tempKeyFlags(tempKey);
  message[43] = sn8;
  if (mode & INCLUDE_SERIAL) message.set(sn4, 44);
  message.set(sn0, 48);
  if (mode & INCLUDE_SERIAL) message.set(sn2, 50);
  message[52] = isSlotLocked(memory, k) ? 0x00 : 0x01;
  message[53] = needsValidation(memory, k) && isValidated(memory, k) ? 0x01 : 0x00;
  return message;
}

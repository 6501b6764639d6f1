import { has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { AES_ENABLE, CHIP_OPTIONS, CONFIG } from '../config-layout.ts';
import { passesHealthTest } from '../health-test.ts';
import { encryptOutput, hasIoProtectionKey, PROTECTION, protectionOf } from '../io-protection.ts';
import {
  aesResult,
  HKDF_MESSAGE,
  KDF_ALGORITHM,
  KDF_MAX_MESSAGE,
  type KdfDetails,
  parseKdfDetails,
  prfResult,
} from '../kdf.ts';
import { countUse, macKeyOf, temporaryMacKeyOf } from '../key-use.ts';
import { byteAt, slotOffset, slotSize, uint16At, uint32At } from '../memory.ts';
import { OPCODE } from '../opcodes.ts';
import { storeInSlot, takesSecret } from '../slots.ts';
import { type ChipState, tempKey } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { isDataLocked, isSlot } from '../zones.ts';

const SOURCE_FIELD = 0x03; // mode bits 1:0
const FROM_TEMP_KEY = 0;
const FROM_TEMP_KEY_UPPER = 1;
const FROM_SLOT = 2; // param2's low byte

const TARGET_SHIFT = 2; // mode bits 4:2
const TO_TEMP_KEY = 0;
const TO_TEMP_KEY_UPPER = 1;
const TO_SLOT = 2; // param2's high byte
const TO_ALTERNATE_KEY_BUFFER = 3;
const TO_OUTPUT = 4;
const TO_OUTPUT_ENCRYPTED = 5;

const ALGORITHM_SHIFT = 5; // mode bits 6:5

const DETAILS_SIZE = 4;

const ZERO_KEY = new Uint8Array(32);

/** Derives a key from a key: TLS 1.2's PRF, AES, or one HMAC of HKDF. TempKey as the source stays. */
export const kdf: Command = {
  opcode: OPCODE.KDF,
  name: 'KDF',
  lengths: Array.from({ length: KDF_MAX_MESSAGE + 1 }, (_, length) => DETAILS_SIZE + length),
  executionTime: [165, 165, 165],
  execute(chip, mode, param2, data) {
    const { memory } = chip;
    const source = mode & SOURCE_FIELD;
    const target = (mode >> TARGET_SHIFT) & 0x07;
    const message = data.subarray(DETAILS_SIZE);
    const details = parseKdfDetails(mode >> ALGORITHM_SHIFT, uint32At(data, 0), message.length);
    if (details === undefined || !isTargetOf(target, details)) return STATUS.ParseError;
    const takesSlot = takesKeyFromSlot(source, details) || takesMessageFromSlot(details);
    if (takesSlot && !isSlot(param2 & 0xff)) return STATUS.ParseError;
    if (target === TO_SLOT && !isSlot(param2 >> 8)) return STATUS.ParseError;
    const isAes = details.algorithm === KDF_ALGORITHM.Aes;
    if (isAes && !has(byteAt(memory, CONFIG.AesEnable), AES_ENABLE)) return STATUS.ParseError;

    if (!isDataLocked(memory) || !isAllowed(chip, target, param2 >> 8, details)) return STATUS.ExecutionError;
    if (isAes && !has(uint16At(memory, CONFIG.ChipOptions), CHIP_OPTIONS.kdfAesEnable)) return STATUS.ExecutionError;
    const result = resultOf(chip, source, param2 & 0xff, details, message);
    if (result === undefined) return STATUS.ExecutionError;
    if (target === TO_OUTPUT_ENCRYPTED && !passesHealthTest(chip)) return STATUS.HealthTestFailure;
    if (takesSlot) countUse(chip, param2 & 0xff);
    return deliver(chip, target, param2 >> 8, result, details);
  },
};

/** The key of zeros is no slot's, whatever the source. */
function takesKeyFromSlot(source: number, details: KdfDetails): boolean {
  return source === FROM_SLOT && !(details.algorithm === KDF_ALGORITHM.Hkdf && details.zeroKey);
}

function takesMessageFromSlot(details: KdfDetails): boolean {
  return details.algorithm === KDF_ALGORITHM.Hkdf && details.messageFrom === HKDF_MESSAGE.Slot;
}

/** How much of the result goes to the target. */
function targetSize(details: KdfDetails): number {
  return details.algorithm === KDF_ALGORITHM.Prf && !details.splits ? details.outputSize : 32;
}

function isTargetOf(target: number, details: KdfDetails): boolean {
  if (target > TO_OUTPUT_ENCRYPTED) return false;
  const splits = details.algorithm === KDF_ALGORITHM.Prf && details.splits;
  if (splits && target >= TO_OUTPUT) return false; // both halves would go out
  const isShort = target === TO_TEMP_KEY_UPPER || target === TO_ALTERNATE_KEY_BUFFER;
  return !isShort || targetSize(details) === 32;
}

/** Whether ChipOptions, and where the target is kept inside the target too, let the result go there. */
function isAllowed(chip: ChipState, target: number, slot: number, details: KdfDetails): boolean {
  const { memory } = chip;
  const protection = protectionOf(chip, CHIP_OPTIONS.kdfProtection);
  if (protection === PROTECTION.Prohibited) return false;
  const splits = details.algorithm === KDF_ALGORITHM.Prf && details.splits;
  if ((target === TO_OUTPUT || splits) && protection !== PROTECTION.None) return false;
  if (target === TO_OUTPUT_ENCRYPTED) return protection !== PROTECTION.NoOutput && hasIoProtectionKey(memory);
  if (target === TO_SLOT) return takesSecret(memory, slot) && targetSize(details) <= slotSize(slot);
  return target !== TO_TEMP_KEY_UPPER || (chip.tempKey !== undefined && !chip.tempKey.privateKey);
}

function resultOf(
  chip: ChipState,
  source: number,
  slot: number,
  details: KdfDetails,
  message: Uint8Array,
): Uint8Array | undefined {
  if (details.algorithm === KDF_ALGORITHM.Hkdf) return hkdfResult(chip, source, slot, details, message);
  const isPrf = details.algorithm === KDF_ALGORITHM.Prf;
  const from = isPrf ? 0 : 16 * details.keyBlock;
  const to = isPrf ? details.keySize : from + 16;
  const material = keyMaterial(chip, source, slot);
  if (material === undefined || to > material.length) return undefined;
  const key = material.subarray(from, to);
  return isPrf ? prfResult(chip.crypto, key, message, details.outputSize) : aesResult(chip.crypto, key, message);
}

/** HMAC(key, message): RFC 5869's extraction, or one block of its expansion, for which the host brings the counter. */
function hkdfResult(
  chip: ChipState,
  source: number,
  slot: number,
  details: KdfDetails & { readonly algorithm: typeof KDF_ALGORITHM.Hkdf },
  input: Uint8Array,
): Uint8Array | undefined {
  const key = details.zeroKey ? ZERO_KEY : keyMaterial(chip, source, slot);
  const message = hkdfMessage(chip, slot, details.messageFrom, input);
  if (key === undefined || message === undefined || details.messageSize > message.length) return undefined;
  return chip.crypto.hmacSha256(key.subarray(0, 32), message.subarray(0, details.messageSize));
}

function hkdfMessage(chip: ChipState, slot: number, from: number, input: Uint8Array): Uint8Array | undefined {
  switch (from) {
    case HKDF_MESSAGE.Slot:
      return macKeyOf(chip, slot);
    case HKDF_MESSAGE.TempKey:
      return temporaryMacKeyOf(chip);
    case HKDF_MESSAGE.InputWithIv:
      return hasIv(chip.memory, input) ? input : undefined;
    default:
      return input;
  }
}

/** The two bytes of KdfIvStr stand at KdfIvLoc. */
function hasIv(memory: Uint8Array, message: Uint8Array): boolean {
  const at = byteAt(memory, CONFIG.KdfIvLoc);
  return at + 2 <= message.length && uint16At(message, at) === uint16At(memory, CONFIG.KdfIvStr);
}

/** All that the source holds, or undefined when it may not be used now. */
function keyMaterial(chip: ChipState, source: number, slot: number): Uint8Array | undefined {
  switch (source) {
    case FROM_TEMP_KEY:
      return temporaryMacKeyOf(chip);
    case FROM_TEMP_KEY_UPPER: {
      const value = temporaryMacKeyOf(chip);
      return value?.length === 64 ? value.subarray(32) : undefined;
    }
    case FROM_SLOT:
      return macKeyOf(chip, slot);
    default:
      return chip.alternateKeyBuffer;
  }
}

function deliver(
  chip: ChipState,
  target: number,
  slot: number,
  result: Uint8Array,
  details: KdfDetails,
): Status | Uint8Array {
  if (target === TO_OUTPUT) return result;
  if (target === TO_OUTPUT_ENCRYPTED) return encryptOutput(chip, result);
  const size = targetSize(details);
  const secret = result.slice(0, size);
  switch (target) {
    case TO_TEMP_KEY:
      chip.tempKey = tempKey(secret, chip.unspecifiedBehaviour.resultSourceFlag);
      break;
    case TO_TEMP_KEY_UPPER:
      extendTempKey(chip, secret);
      break;
    case TO_SLOT:
      storeInSlot(chip, slot, slotOffset(slot), secret);
      break;
    default:
      chip.alternateKeyBuffer = secret;
  }
  return size < result.length ? result.slice(size) : STATUS.Success;
}

/** TempKey's lower half stays, and with it what forbids a MAC. */
function extendTempKey(chip: ChipState, upper: Uint8Array): void {
  const previous = chip.tempKey;
  if (previous === undefined) return;
  const value = new Uint8Array(64);
  value.set(previous.value.subarray(0, 32));
  value.set(upper, 32);
  chip.tempKey = { ...tempKey(value, chip.unspecifiedBehaviour.resultSourceFlag), noMacFlag: previous.noMacFlag };
}

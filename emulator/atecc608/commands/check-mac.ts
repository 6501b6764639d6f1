import { isSame } from '../../crypto/index.ts';
import { bits, has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CONFIG, SLOT_CONFIG, USE_LOCK } from '../config-layout.ts';
import { countUse, isRandomEnough, secretKeyOf } from '../key-use.ts';
import { byteAt, OTP_OFFSET, slotOffset } from '../memory.ts';
import { macTail } from '../messages.ts';
import { OPCODE } from '../opcodes.ts';
import { isPrivate, slotConfigOf } from '../slots.ts';
import { type ChipState, inputTempKey, SOURCE, tempKey } from '../state.ts';
import { STATUS } from '../status.ts';
import { BLOCK_SIZE, isConfigLocked, isSlot } from '../zones.ts';

const SECOND_IS_TEMP_KEY = 0x01; // instead of the host's challenge
const FIRST_IS_TEMP_KEY = 0x02; // instead of the slot's key
const SOURCE_FLAG = 0x04;
const INCLUDE_OTP = 0x20;

const RESPONSE = 32;
const OTHER_DATA = 64;
const DATA_SIZE = 77;
const NO_DATA = new Uint8Array(0);

/**
 * Compares a digest that another part made (its MAC) with the chip's own. Success proves the slot's key, which is what
 * ReqAuth, UseLock and VolatileKeyPermission ask for, and may copy a key into TempKey.
 */
export const checkMac: Command = {
  opcode: OPCODE.CheckMac,
  name: 'CheckMac',
  lengths: [DATA_SIZE],
  executionTime: [40, 40, 40],
  execute(chip, mode, slot, data) {
    const first = mode & FIRST_IS_TEMP_KEY;
    const second = mode & SECOND_IS_TEMP_KEY;
    if (mode & ~(SECOND_IS_TEMP_KEY | FIRST_IS_TEMP_KEY | SOURCE_FLAG | INCLUDE_OTP)) return STATUS.ParseError;
    // TempKey twice is in no list of modes.
    if ((first && second) || !isSlot(slot)) return STATUS.ParseError;
    if (!isConfigLocked(chip.memory)) return STATUS.ExecutionError;
    const usesTempKey = (first | second) !== 0;
    const temporary = usesTempKey ? checkedTempKey(chip, mode) : NO_DATA;
    const key = first ? temporary : checkedKey(chip, slot, usesTempKey);
    if (temporary === undefined || key === undefined) return STATUS.ExecutionError;

    const own = chip.crypto.sha256(
      key.subarray(0, BLOCK_SIZE),
      second ? temporary.subarray(0, BLOCK_SIZE) : data.subarray(0, BLOCK_SIZE),
      tail(chip.memory, mode, data.subarray(OTHER_DATA)),
    );
    if (usesTempKey) chip.tempKey = undefined;
    if (!first) countUse(chip, slot);
    chip.authorisation = undefined;
    if (!isSame(own, data.subarray(RESPONSE, OTHER_DATA))) return STATUS.Miscompare;
    // TempKey in the key's place proves nothing of the key.
    if (!first) authorise(chip, slot);
    if (second) copyKey(chip, slot);
    return STATUS.Success;
  },
};

function checkedTempKey(chip: ChipState, mode: number): Uint8Array | undefined {
  const tempKey = inputTempKey(chip);
  return tempKey?.sourceFlag === Number((mode & SOURCE_FLAG) !== 0) ? tempKey.value : undefined;
}

/** ReqRandom is about what TempKey brings in (section 7), so that the host's challenge alone needs no random nonce. */
function checkedKey(chip: ChipState, slot: number, usesTempKey: boolean): Uint8Array | undefined {
  if (usesTempKey && !isRandomEnough(chip, slot, chip.tempKey)) return undefined;
  return secretKeyOf(chip, slot);
}

function tail(memory: Uint8Array, mode: number, otherData: Uint8Array): Uint8Array {
  return macTail(memory, {
    head: otherData.subarray(0, 4),
    ...(mode & INCLUDE_OTP && { otp: memory.subarray(OTP_OFFSET, OTP_OFFSET + 8) }),
    otpRest: otherData.subarray(4, 7),
    serial4: otherData.subarray(7, 11),
    serial2: otherData.subarray(11, 13),
  });
}

function authorise(chip: ChipState, slot: number): void {
  chip.authorisation = slot;
  if (bits(byteAt(chip.memory, CONFIG.UseLock), USE_LOCK.key) === slot) chip.transportUnlocked = true;
}

/**
 * A password that was proved by the key of an even slot brings its partner, the next slot, into TempKey; an odd slot
 * brings itself. Only ReadKey 0 allows it, and a private key never comes.
 */
function copyKey(chip: ChipState, slot: number): void {
  const { memory } = chip;
  const partner = slot | 1;
  if (bits(slotConfigOf(memory, slot), SLOT_CONFIG.readKey) !== 0 || isPrivate(memory, partner)) return;
  const offset = slotOffset(partner);
  const value = memory.slice(offset, offset + BLOCK_SIZE);
  chip.tempKey = {
    ...tempKey(value, SOURCE.Input),
    noMacFlag: has(slotConfigOf(memory, partner), SLOT_CONFIG.noMac),
  };
}

import { has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CONFIG, SLOT_CONFIG } from '../config-layout.ts';
import { counterOf } from '../counter.ts';
import { countUse, isRandomEnough, secretKeyOf } from '../key-use.ts';
import { OTP_OFFSET } from '../memory.ts';
import { commandBytes, messageBlock } from '../messages.ts';
import { OPCODE } from '../opcodes.ts';
import { slotConfigOf } from '../slots.ts';
import { type ChipState, inputTempKey, type TempKey, tempKey } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { BLOCK_SIZE, isConfigLocked, isSlot, isSlotLocked } from '../zones.ts';

const SOURCE_ZONE = { Config: 0, Otp: 1, Data: 2, SharedNonce: 3, Counter: 4, KeyConfig: 5 } as const;
const OTHER_DATA_SIZE = 4;
/** param2 of a shared nonce: TempKey comes first and the host's bytes last. */
const TEMP_KEY_FIRST = 0x8000;
const ZEROS = new Uint8Array(BLOCK_SIZE);

/** Mixes what the chip holds, or the host sends, into TempKey. */
export const genDig: Command = {
  opcode: OPCODE.GenDig,
  name: 'GenDig',
  lengths: [0, OTHER_DATA_SIZE, BLOCK_SIZE],
  executionTime: [25, 35, 35],
  execute(chip, zone, keyId, data) {
    if (!isParameter(zone, keyId, data.length)) return STATUS.ParseError;
    const previous = inputTempKey(chip);
    if (!isConfigLocked(chip.memory) || previous === undefined) return STATUS.ExecutionError;
    if (zone === SOURCE_ZONE.Data) return mixSlot(chip, previous, keyId, data);
    const block = messageBlock(chip.memory, commandBytes(OPCODE.GenDig, zone, keyId));
    chip.tempKey = {
      ...tempKey(digest(chip, previous, zone, keyId, block, data), previous.sourceFlag),
      noMacFlag: previous.noMacFlag,
    };
    return STATUS.Success;
  },
};

function isParameter(zone: number, keyId: number, length: number): boolean {
  switch (zone) {
    case SOURCE_ZONE.Config:
      return keyId < 4 && length === 0;
    case SOURCE_ZONE.Otp:
    case SOURCE_ZONE.Counter:
      return keyId < 2 && length === 0;
    case SOURCE_ZONE.Data:
      // Key ids from 8000 name transport keys, of which the sources say no more.
      return isSlot(keyId) && length <= OTHER_DATA_SIZE;
    case SOURCE_ZONE.SharedNonce:
      return length === BLOCK_SIZE;
    case SOURCE_ZONE.KeyConfig:
      return isSlot(keyId) && length === 0;
    default:
      return false;
  }
}

/** Everything but a slot: TempKey = SHA-256(source || 15 || zone || key id || SN[8] || SN[0:1] || … || TempKey). */
function digest(
  { memory, crypto }: ChipState,
  { value }: TempKey,
  zone: number,
  keyId: number,
  block: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const seed = value.subarray(0, BLOCK_SIZE);
  switch (zone) {
    case SOURCE_ZONE.SharedNonce:
      block[3] = 0x00;
      return keyId & TEMP_KEY_FIRST ? crypto.sha256(seed, block, data) : crypto.sha256(data, block, seed);
    case SOURCE_ZONE.Counter:
      new DataView(block.buffer).setUint32(8, counterOf(memory, keyId), true);
      return crypto.sha256(ZEROS, block, seed);
    case SOURCE_ZONE.KeyConfig:
      addPolicy(block, memory, keyId);
      return crypto.sha256(ZEROS, block, seed);
    default: {
      const offset = (zone === SOURCE_ZONE.Otp ? OTP_OFFSET : 0) + BLOCK_SIZE * keyId;
      return crypto.sha256(memory.subarray(offset, offset + BLOCK_SIZE), block, seed);
    }
  }
}

function addPolicy(block: Uint8Array, memory: Uint8Array, slot: number): void {
  const slotConfig = CONFIG.SlotConfig + 2 * slot;
  const keyConfig = CONFIG.KeyConfig + 2 * slot;
  block.set(memory.subarray(slotConfig, slotConfig + 2), 8);
  block.set(memory.subarray(keyConfig, keyConfig + 2), 10);
  block[12] = isSlotLocked(memory, slot) ? 0x00 : 0x01;
}

/**
 * A slot's first 32 bytes. NoMac puts the host's OtherData in the place of opcode, zone and key id; other slots ignore
 * the four bytes, which cryptoauthlib always sends.
 */
function mixSlot(chip: ChipState, previous: TempKey, slot: number, otherData: Uint8Array): Status {
  const noMac = has(slotConfigOf(chip.memory, slot), SLOT_CONFIG.noMac);
  if (noMac && otherData.length === 0) return STATUS.ParseError;
  const key = secretKeyOf(chip, slot);
  if (key === undefined || !isRandomEnough(chip, slot, previous)) return STATUS.ExecutionError;
  const four = noMac ? otherData : commandBytes(OPCODE.GenDig, SOURCE_ZONE.Data, slot);
  const value = chip.crypto.sha256(
    key.subarray(0, BLOCK_SIZE),
    messageBlock(chip.memory, four),
    previous.value.subarray(0, BLOCK_SIZE),
  );
  // What a slot with NoMac went into stays out of MACs, whatever is mixed in after it.
  const noMacFlag = noMac || previous.noMacFlag;
  chip.tempKey = { ...tempKey(value, previous.sourceFlag), keyId: slot, genDigData: true, noMacFlag };
  countUse(chip, slot);
  return STATUS.Success;
}

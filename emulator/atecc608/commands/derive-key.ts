import { isSame } from '../../crypto/index.ts';
import { bits } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { SLOT_CONFIG } from '../config-layout.ts';
import { countUse, isRandomEnough, secretKeyOf } from '../key-use.ts';
import { slotOffset } from '../memory.ts';
import { commandBytes, messageBlock } from '../messages.ts';
import { OPCODE } from '../opcodes.ts';
import { isPrivate, slotConfigOf, storeInSlot } from '../slots.ts';
import { inputTempKey } from '../state.ts';
import { STATUS } from '../status.ts';
import { BLOCK_SIZE, isDataLocked, isSlot, isSlotLocked } from '../zones.ts';

const SOURCE_FLAG = 0x04;
const MAC_SIZE = 32;

/** WriteConfig as DeriveKey reads it. */
const FROM_PARENT = 0x1; // the key of WriteKey makes the target's; otherwise the target's own rolls
const ALLOWED = 0x2;
const MAC_REQUIRED = 0x8;

/** Makes a slot's key anew from TempKey and the key that it had (roll) or its parent's (create). */
export const deriveKey: Command = {
  opcode: OPCODE.DeriveKey,
  name: 'DeriveKey',
  lengths: [0, MAC_SIZE],
  executionTime: [50, 50, 50],
  execute(chip, mode, target, mac) {
    const { memory, crypto } = chip;
    if (mode & ~SOURCE_FLAG || !isSlot(target)) return STATUS.ParseError;
    const slotConfig = slotConfigOf(memory, target);
    const rule = bits(slotConfig, SLOT_CONFIG.writeConfig);
    if (!isDataLocked(memory) || !(rule & ALLOWED)) return STATUS.ExecutionError;
    if (isPrivate(memory, target) || isSlotLocked(memory, target)) return STATUS.ExecutionError;
    if (rule & MAC_REQUIRED && mac.length === 0) return STATUS.ExecutionError;
    const parent = rule & FROM_PARENT ? bits(slotConfig, SLOT_CONFIG.writeKey) : target;
    const key = secretKeyOf(chip, parent)?.subarray(0, BLOCK_SIZE);
    const tempKey = inputTempKey(chip);
    if (key === undefined || tempKey === undefined || tempKey.noMacFlag) return STATUS.ExecutionError;
    if (tempKey.sourceFlag !== Number(mode === SOURCE_FLAG) || !isRandomEnough(chip, parent, tempKey)) {
      return STATUS.ExecutionError;
    }

    const block = messageBlock(memory, commandBytes(OPCODE.DeriveKey, mode, target));
    chip.tempKey = undefined;
    // A MAC that is not required is compared like any other.
    const matches = mac.length === 0 || isSame(mac, crypto.sha256(key, block.subarray(0, 7)));
    const derived = crypto.sha256(key, block, tempKey.value.subarray(0, BLOCK_SIZE));
    countUse(chip, parent);
    if (!matches) return chip.unspecifiedBehaviour.wrongMac;
    storeInSlot(chip, target, slotOffset(target), derived);
    return STATUS.Success;
  },
};

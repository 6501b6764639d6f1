import { bits, has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CONFIG, SLOT_CONFIG } from '../config-layout.ts';
import { ZONE } from '../memory.ts';
import { OPCODE } from '../opcodes.ts';
import { isPrivate, isValidated, needsValidation, slotConfigOf, storeInSlot } from '../slots.ts';
import { STATUS } from '../status.ts';
import {
  BLOCK_ACCESS,
  BLOCK_SIZE,
  isConfigLocked,
  isDataLocked,
  isSlotLocked,
  locate,
  type Span,
  slotOf,
  WORD_SIZE,
} from '../zones.ts';

const ENCRYPTED = 0x40; // mode bit 6: encrypted although the data zone is unlocked
const MAC_SIZE = 32;

/** The values of WriteConfig that take clear writes: at any time, or while the public key is not validated. */
const WRITE_ALWAYS = 0x0;
const WRITE_PUB_INVALID = 0x1;

/** A word or a block of a zone. What a block has beyond the end of a slot is dropped. */
export const write: Command = {
  opcode: OPCODE.Write,
  name: 'Write',
  lengths: [WORD_SIZE, BLOCK_SIZE, BLOCK_SIZE + MAC_SIZE],
  executionTime: [45, 45, 45],
  execute(chip, mode, address, data) {
    const zone = mode & ~(BLOCK_ACCESS | ENCRYPTED);
    const block = (mode & BLOCK_ACCESS) !== 0;
    if (zone > ZONE.Data || block !== data.length > WORD_SIZE) return STATUS.ParseError;
    const span = locate(zone, address, block);
    if (span === undefined) return STATUS.ParseError;
    // An encrypted write brings a MAC, with bit 6 (as hosts always send it) or, the data zone being locked, without.
    const hasMac = data.length > BLOCK_SIZE;
    if ((mode & ENCRYPTED) !== 0 && !hasMac) return STATUS.ParseError;
    const bytes = data.subarray(0, span.length);
    if (zone === ZONE.Data) {
      // Decrypting takes a TempKey that GenDig made from WriteKey, which no command of the table does.
      if (hasMac || !takesClear(chip.memory, slotOf(address), block)) return STATUS.ExecutionError;
      storeInSlot(chip, slotOf(address), span.offset, bytes);
      return STATUS.Success;
    }
    if (hasMac) return STATUS.ParseError;
    const allowed =
      zone === ZONE.Config ? takesConfig(chip.memory, span) : block && isOpenForPersonalisation(chip.memory);
    if (!allowed) return STATUS.ExecutionError;
    chip.store(span.offset, bytes);
    return STATUS.Success;
  },
};

/** Bytes 16..83 and 88..127, until the configuration is locked. A block that touches any other is refused whole. */
function takesConfig(memory: Uint8Array, { offset, length }: Span): boolean {
  const touchesExtraOrLocks = offset < CONFIG.SlotLocked && offset + length > CONFIG.UserExtra;
  return !isConfigLocked(memory) && offset >= CONFIG.I2cAddress && !touchesExtraOrLocks;
}

/** Between the two locks OTP and the slots take whole blocks, whatever SlotConfig says. */
function isOpenForPersonalisation(memory: Uint8Array): boolean {
  return isConfigLocked(memory) && !isDataLocked(memory);
}

/** Whether a slot takes a write in clear. Private keys are never written, and secrets only in whole blocks. */
function takesClear(memory: Uint8Array, slot: number, block: boolean): boolean {
  if (!isConfigLocked(memory) || isPrivate(memory, slot) || isSlotLocked(memory, slot)) return false;
  if (!isDataLocked(memory)) return block;
  const slotConfig = slotConfigOf(memory, slot);
  if (!block && has(slotConfig, SLOT_CONFIG.isSecret)) return false;
  const rule = bits(slotConfig, SLOT_CONFIG.writeConfig);
  if (rule === WRITE_PUB_INVALID) return !(needsValidation(memory, slot) && isValidated(memory, slot));
  return rule === WRITE_ALWAYS;
}

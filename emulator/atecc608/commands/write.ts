import { isSame } from '../../crypto/index.ts';
import { bits, has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CONFIG, SLOT_CONFIG } from '../config-layout.ts';
import { ZONE } from '../memory.ts';
import { commandBytes, messageBlock, xor } from '../messages.ts';
import { OPCODE } from '../opcodes.ts';
import { writeSessionKey } from '../session-key.ts';
import { isPrivate, isValidated, needsValidation, slotConfigOf, storeInSlot } from '../slots.ts';
import type { ChipState } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
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
/** The bit of WriteConfig that asks for encryption. */
const WRITE_ENCRYPTED = 0x4;

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
    if (span === undefined) return chip.unspecifiedBehaviour.badAddress;
    // An encrypted write brings a MAC, with bit 6 (as hosts always send it) or, the data zone being locked, without.
    const hasMac = data.length > BLOCK_SIZE;
    if ((mode & ENCRYPTED) !== 0 && !hasMac) return STATUS.ParseError;
    const bytes = data.subarray(0, span.length);
    if (zone === ZONE.Data) {
      const slot = slotOf(address);
      if (hasMac) return writeEncrypted(chip, mode, address, span, data);
      if (!takesClear(chip.memory, slot, block)) return STATUS.ExecutionError;
      storeInSlot(chip, slot, span.offset, bytes);
      return STATUS.Success;
    }
    if (hasMac) return STATUS.ParseError;
    const refusal = zone === ZONE.Config ? configRefusal(chip, span) : otpRefusal(chip, block);
    if (refusal !== undefined) return refusal;
    chip.store(span.offset, bytes);
    return STATUS.Success;
  },
};

/** Bytes 16..83 and 88..127, until the configuration is locked. A block that touches any other is refused whole. */
function configRefusal({ memory, unspecifiedBehaviour }: ChipState, { offset, length }: Span): Status | undefined {
  if (isConfigLocked(memory)) return STATUS.ExecutionError;
  const touchesExtraOrLocks = offset < CONFIG.SlotLocked && offset + length > CONFIG.UserExtra;
  return offset < CONFIG.I2cAddress || touchesExtraOrLocks ? unspecifiedBehaviour.refusedConfigWrite : undefined;
}

/** Between the two locks OTP takes whole blocks. */
function otpRefusal({ memory, unspecifiedBehaviour }: ChipState, block: boolean): Status | undefined {
  const isBetweenLocks = isConfigLocked(memory) && !isDataLocked(memory);
  const takes = block && isBetweenLocks && unspecifiedBehaviour.otpBetweenLocks === 'writable';
  return takes ? undefined : STATUS.ExecutionError;
}

/**
 * data XOR TempKey, and a MAC over the mode as it was sent: SHA-256(TempKey || 12 || mode || address || SN[8] ||
 * SN[0:1] || 25 × 00 || data). Both are of the whole block, also where the slot ends within it.
 */
function writeEncrypted(chip: ChipState, mode: number, address: number, span: Span, data: Uint8Array): Status {
  const { memory, crypto } = chip;
  const slot = slotOf(address);
  const slotConfig = slotConfigOf(memory, slot);
  const key = writeSessionKey(chip, bits(slotConfig, SLOT_CONFIG.writeKey));
  const allowed = !isDataLocked(memory) || (bits(slotConfig, SLOT_CONFIG.writeConfig) & WRITE_ENCRYPTED) !== 0;
  if (!allowed || !isOpenSlot(memory, slot) || key === undefined) return STATUS.ExecutionError;
  const plain = xor(data.subarray(0, BLOCK_SIZE), key);
  const block = messageBlock(memory, commandBytes(OPCODE.Write, mode, address));
  chip.tempKey = undefined;
  if (!isSame(data.subarray(BLOCK_SIZE), crypto.sha256(key, block, plain))) return chip.unspecifiedBehaviour.wrongMac;
  storeInSlot(chip, slot, span.offset, plain.subarray(0, span.length));
  return STATUS.Success;
}

/** A slot that takes any write at all. Private keys are never written. */
function isOpenSlot(memory: Uint8Array, slot: number): boolean {
  return isConfigLocked(memory) && !isPrivate(memory, slot) && !isSlotLocked(memory, slot);
}

/** Whether a slot takes a write in clear, secrets only in whole blocks. */
function takesClear(memory: Uint8Array, slot: number, block: boolean): boolean {
  if (!isOpenSlot(memory, slot)) return false;
  if (!isDataLocked(memory)) return block;
  const slotConfig = slotConfigOf(memory, slot);
  if (!block && has(slotConfig, SLOT_CONFIG.isSecret)) return false;
  const rule = bits(slotConfig, SLOT_CONFIG.writeConfig);
  if (rule === WRITE_PUB_INVALID) return !(needsValidation(memory, slot) && isValidated(memory, slot));
  return rule === WRITE_ALWAYS;
}

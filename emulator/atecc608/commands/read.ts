import { bits, has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { SLOT_CONFIG } from '../config-layout.ts';
import { ZONE } from '../memory.ts';
import { xor } from '../messages.ts';
import { OPCODE } from '../opcodes.ts';
import { sessionKey } from '../session-key.ts';
import { isPrivate, slotConfigOf } from '../slots.ts';
import { type ChipState, SOURCE } from '../state.ts';
import { STATUS } from '../status.ts';
import { BLOCK_ACCESS, BLOCK_SIZE, isDataLocked, locate, slotOf, WORD_SIZE } from '../zones.ts';

/** A word or a block of a zone. Sources do not name the value of what a block has beyond the end of a slot. */
export const read: Command = {
  opcode: OPCODE.Read,
  name: 'Read',
  lengths: [0],
  executionTime: [5, 5, 5],
  execute(chip, mode, address) {
    const { memory } = chip;
    const zone = mode & ~BLOCK_ACCESS;
    if (zone > ZONE.Data) return STATUS.ParseError;
    const block = (mode & BLOCK_ACCESS) !== 0;
    const span = locate(zone, address, block);
    if (span === undefined) return chip.unspecifiedBehaviour.badAddress;
    if (zone !== ZONE.Config && !isDataLocked(memory)) return STATUS.ExecutionError;
    const bytes = new Uint8Array(block ? BLOCK_SIZE : WORD_SIZE);
    bytes.set(memory.subarray(span.offset, span.offset + span.length));
    bytes.fill(chip.unspecifiedBehaviour.readPad, span.length);
    if (zone !== ZONE.Data || isReadable(memory, slotOf(address))) return bytes;
    const key = block ? readKey(chip, slotOf(address)) : undefined;
    if (key === undefined) return STATUS.ExecutionError;
    chip.tempKey = undefined;
    // Past the slot's end there is nothing to hide, and the bytes of the key are not shown there.
    bytes.set(xor(bytes.subarray(0, span.length), key));
    return bytes;
  },
};

/** A private key or secret slot is never read in clear. */
function isReadable(memory: Uint8Array, slot: number): boolean {
  return !isPrivate(memory, slot) && !has(slotConfigOf(memory, slot), SLOT_CONFIG.isSecret);
}

/** EncryptRead lets a secret out under a TempKey that comes of a random nonce and of ReadKey. */
function readKey(chip: ChipState, slot: number): Uint8Array | undefined {
  const slotConfig = slotConfigOf(chip.memory, slot);
  if (isPrivate(chip.memory, slot) || !has(slotConfig, SLOT_CONFIG.encryptRead)) return undefined;
  if (chip.tempKey?.sourceFlag !== SOURCE.Random) return undefined;
  return sessionKey(chip, bits(slotConfig, SLOT_CONFIG.readKey));
}

import { has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { SLOT_CONFIG } from '../config-layout.ts';
import { ZONE } from '../memory.ts';
import { OPCODE } from '../opcodes.ts';
import { isPrivate, slotConfigOf } from '../slots.ts';
import { STATUS } from '../status.ts';
import { BLOCK_ACCESS, BLOCK_SIZE, isDataLocked, locate, slotOf, WORD_SIZE } from '../zones.ts';

/** A word or a block of a zone. What a block has beyond the end of a slot reads as 00: sources do not name the value. */
export const read: Command = {
  opcode: OPCODE.Read,
  name: 'Read',
  lengths: [0],
  executionTime: [5, 5, 5],
  execute({ memory }, mode, address) {
    const zone = mode & ~BLOCK_ACCESS;
    if (zone > ZONE.Data) return STATUS.ParseError;
    const block = (mode & BLOCK_ACCESS) !== 0;
    const span = locate(zone, address, block);
    if (span === undefined) return STATUS.ParseError;
    if (zone !== ZONE.Config && !isDataLocked(memory)) return STATUS.ExecutionError;
    if (zone === ZONE.Data && !isReadable(memory, slotOf(address))) return STATUS.ExecutionError;
    const bytes = new Uint8Array(block ? BLOCK_SIZE : WORD_SIZE);
    bytes.set(memory.subarray(span.offset, span.offset + span.length));
    return bytes;
  },
};

/**
 * A secret slot is never read in clear, and encrypted (EncryptRead) only with a TempKey that GenDig made from ReadKey,
 * which no command of the table does.
 */
function isReadable(memory: Uint8Array, slot: number): boolean {
  return !isPrivate(memory, slot) && !has(slotConfigOf(memory, slot), SLOT_CONFIG.isSecret);
}

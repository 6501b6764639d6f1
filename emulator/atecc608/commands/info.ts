import { has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CONFIG, VOLATILE_KEY_PERMISSION } from '../config-layout.ts';
import { REVISION } from '../factory.ts';
import { byteAt } from '../memory.ts';
import { OPCODE } from '../opcodes.ts';
import { isPrivateKey, isPublicKey, isValidated, needsValidation, publicKeyOf, scalarOf } from '../slots.ts';
import { type ChipState, tempKeyFlags } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { isSlot } from '../zones.ts';

const LATCH_SET = 0x02; // param2: write the latch instead of reading it
const LATCH_VALUE = 0x01;

/** Four bytes about the chip, in any lock state. Mode 3, GPIO, belongs to single-wire parts. */
export const info: Command = {
  opcode: OPCODE.Info,
  name: 'Info',
  lengths: [0],
  executionTime: [5, 5, 5],
  execute(chip, mode, param2) {
    switch (mode) {
      case 0:
        return REVISION;
      case 1:
        return isSlot(param2) ? word(Number(isKeyValid(chip, param2))) : STATUS.ParseError;
      case 2:
        return tempKeyState(chip);
      case 4:
        return latch(chip, param2);
      default:
        return STATUS.ParseError;
    }
  },
};

/** Whether a slot for P-256 keys holds one; false for any other slot. */
function isKeyValid({ memory, crypto }: ChipState, slot: number): boolean {
  if (isPrivateKey(memory, slot)) return crypto.publicKey(scalarOf(memory, slot)) !== undefined;
  if (needsValidation(memory, slot)) return isValidated(memory, slot);
  return isPublicKey(memory, slot) && crypto.isPoint(publicKeyOf(memory, slot));
}

/** TempKey's flags, and its validity in bit 7 of the next byte; the authorisation beside it is granted by no command here. */
function tempKeyState({ tempKey }: ChipState): Uint8Array {
  return tempKey === undefined ? word(0) : word(tempKeyFlags(tempKey), 0x80);
}

function latch(chip: ChipState, param2: number): Status | Uint8Array {
  if (param2 & LATCH_SET) {
    const set = (param2 & LATCH_VALUE) !== 0;
    // Setting asks for a CheckMac with the permission slot, which the table does not have; clearing is free.
    if (set && has(byteAt(chip.memory, CONFIG.VolatileKeyPermission), VOLATILE_KEY_PERMISSION.enable)) {
      return STATUS.ExecutionError;
    }
    chip.persistentLatch = set;
  }
  return word(Number(chip.persistentLatch));
}

function word(first: number, second = 0): Uint8Array {
  return Uint8Array.of(first, second, 0, 0);
}

import { bits, has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CONFIG, VOLATILE_KEY_PERMISSION } from '../config-layout.ts';
import { useAuthorisation } from '../key-use.ts';
import { byteAt } from '../memory.ts';
import { OPCODE } from '../opcodes.ts';
import { isPrivateKey, isPublicKey, isValidated, needsValidation, publicKeyOf, scalarOf } from '../slots.ts';
import { type ChipState, tempKeyFlags } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { isSlot } from '../zones.ts';

const LATCH_SET = 0x02; // param2: write the latch instead of reading it
const LATCH_VALUE = 0x01;

const TEMP_KEY_VALID = 0x80;
const AUTH_VALID = 0x04;

/** Four bytes about the chip, in any lock state. Mode 3, GPIO, belongs to single-wire parts. */
export const info: Command = {
  opcode: OPCODE.Info,
  name: 'Info',
  lengths: [0],
  executionTime: [5, 5, 5],
  execute(chip, mode, param2) {
    switch (mode) {
      case 0:
        return chip.revision;
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

/** TempKey's flags; then its validity in bit 7, the slot whose key is proved in bits 6:3, and in bit 2 whether one is. */
function tempKeyState({ tempKey, authorisation }: ChipState): Uint8Array {
  const proved = authorisation === undefined ? 0 : (authorisation << 3) | AUTH_VALID;
  return tempKey === undefined ? word(0, proved) : word(tempKeyFlags(tempKey), TEMP_KEY_VALID | proved);
}

function latch(chip: ChipState, param2: number): Status | Uint8Array {
  if (param2 & LATCH_SET) {
    const set = (param2 & LATCH_VALUE) !== 0;
    if (set && !maySetLatch(chip)) return STATUS.ExecutionError;
    chip.persistentLatch = set;
  }
  return word(Number(chip.persistentLatch));
}

/** Clearing is free. With VolatileKeyPermission, setting asks for the authorisation by its slot and uses it up. */
function maySetLatch(chip: ChipState): boolean {
  const permission = byteAt(chip.memory, CONFIG.VolatileKeyPermission);
  if (!has(permission, VOLATILE_KEY_PERMISSION.enable)) return true;
  if (chip.authorisation !== bits(permission, VOLATILE_KEY_PERMISSION.slot)) return false;
  useAuthorisation(chip);
  return true;
}

function word(first: number, second = 0): Uint8Array {
  return Uint8Array.of(first, second, 0, 0);
}

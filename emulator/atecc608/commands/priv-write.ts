import { isSame } from '../../crypto/index.ts';
import { bits, has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { PRIV_WRITE_ALLOWED, SLOT_CONFIG } from '../config-layout.ts';
import { commandBytes, messageBlock, xor } from '../messages.ts';
import { OPCODE } from '../opcodes.ts';
import { writeSessionKey } from '../session-key.ts';
import { isPrivateKey, slotConfigOf, storeScalar } from '../slots.ts';
import type { ChipState } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { BLOCK_SIZE, isConfigLocked, isDataLocked, isSlot, isSlotLocked } from '../zones.ts';

const ENCRYPTED = 0x40;
/** Four bytes of zeros and the scalar. */
const KEY_SIZE = 36;
const PADDING = 4;
const MAC_SIZE = 32;
/** Opcode, mode, slot, SN[8], SN[0:1] and 21 zeros. */
const BLOCK_LENGTH = 28;

/** Puts a private key from outside into a slot: in clear before the data lock, encrypted and with a MAC at any time. */
export const privWrite: Command = {
  opcode: OPCODE.PrivWrite,
  name: 'PrivWrite',
  lengths: [KEY_SIZE + MAC_SIZE],
  executionTime: [50, 50, 50],
  execute(chip, mode, slot, data) {
    if (mode & ~ENCRYPTED || !isSlot(slot)) return STATUS.ParseError;
    if (!takesPrivateKey(chip.memory, slot, mode === ENCRYPTED)) return STATUS.ExecutionError;
    if (mode === ENCRYPTED) return writeEncrypted(chip, slot, data);
    return store(chip, slot, data.subarray(0, KEY_SIZE));
  },
};

function takesPrivateKey(memory: Uint8Array, slot: number, encrypted: boolean): boolean {
  if (!isConfigLocked(memory) || !isPrivateKey(memory, slot) || isSlotLocked(memory, slot)) return false;
  const slotConfig = slotConfigOf(memory, slot);
  if (!has(slotConfig, SLOT_CONFIG.isSecret)) return false;
  return !isDataLocked(memory) || (encrypted && has(slotConfig, PRIV_WRITE_ALLOWED));
}

/** The last four of the 36 bytes are hidden by SHA-256 of the key that hides the others. */
function writeEncrypted(chip: ChipState, slot: number, data: Uint8Array): Status {
  const { memory, crypto } = chip;
  const key = writeSessionKey(chip, bits(slotConfigOf(memory, slot), SLOT_CONFIG.writeKey));
  if (key === undefined) return STATUS.ExecutionError;
  const plain = new Uint8Array(KEY_SIZE);
  plain.set(xor(data.subarray(0, BLOCK_SIZE), key));
  plain.set(xor(data.subarray(BLOCK_SIZE, KEY_SIZE), crypto.sha256(key)), BLOCK_SIZE);
  const block = messageBlock(memory, commandBytes(OPCODE.PrivWrite, ENCRYPTED, slot), BLOCK_LENGTH);
  chip.tempKey = undefined;
  if (!isSame(data.subarray(KEY_SIZE), crypto.sha256(key, block, plain))) return chip.unspecifiedBehaviour.wrongMac;
  return store(chip, slot, plain);
}

/** Nothing but a scalar behind four zeros is stored: sources do not say what the chip makes of other bytes. */
function store(chip: ChipState, slot: number, plain: Uint8Array): Status {
  const scalar = plain.subarray(PADDING);
  const isPadded = plain.subarray(0, PADDING).every((byte) => byte === 0);
  if (!isPadded || chip.crypto.publicKey(scalar) === undefined) return STATUS.ExecutionError;
  storeScalar(chip, slot, scalar);
  return STATUS.Success;
}

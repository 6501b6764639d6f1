import { has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { CONFIG, SLOT_CONFIG } from '../config-layout.ts';
import { countUse, isRandomEnough, secretKeyOf } from '../key-use.ts';
import { commandBytes, macTail } from '../messages.ts';
import { OPCODE } from '../opcodes.ts';
import { slotConfigOf } from '../slots.ts';
import { type ChipState, inputTempKey } from '../state.ts';
import { STATUS } from '../status.ts';
import { BLOCK_SIZE, isDataLocked, isSlot } from '../zones.ts';

const SECOND_IS_TEMP_KEY = 0x01; // instead of the host's challenge
const FIRST_IS_TEMP_KEY = 0x02; // instead of the slot's key
const SOURCE_FLAG = 0x04;
const INCLUDE_SERIAL = 0x40;
const NO_DATA = new Uint8Array(0);

/** SHA-256 over a key and a challenge, either of which TempKey may be. Answers 32 bytes. */
export const mac: Command = {
  opcode: OPCODE.MAC,
  name: 'MAC',
  lengths: [0, BLOCK_SIZE],
  executionTime: [55, 55, 55],
  execute(chip, mode, slot, challenge) {
    // Bits 4 and 5 took OTP in on older parts.
    if (mode & ~(SECOND_IS_TEMP_KEY | FIRST_IS_TEMP_KEY | SOURCE_FLAG | INCLUDE_SERIAL)) return STATUS.ParseError;
    const usesTempKey = (mode & (SECOND_IS_TEMP_KEY | FIRST_IS_TEMP_KEY)) !== 0;
    const usesSlot = (mode & FIRST_IS_TEMP_KEY) === 0;
    if (!isSlot(slot) || challenge.length !== (mode & SECOND_IS_TEMP_KEY ? 0 : BLOCK_SIZE)) return STATUS.ParseError;
    if (!isDataLocked(chip.memory)) return STATUS.ExecutionError;
    const temporary = usesTempKey ? macTempKey(chip, mode) : NO_DATA;
    const key = usesSlot ? macKey(chip, slot, usesTempKey) : temporary;
    if (temporary === undefined || key === undefined) return STATUS.ExecutionError;

    const digest = chip.crypto.sha256(
      key.subarray(0, BLOCK_SIZE),
      mode & SECOND_IS_TEMP_KEY ? temporary.subarray(0, BLOCK_SIZE) : challenge,
      tail(chip.memory, mode, slot),
    );
    if (usesTempKey) chip.tempKey = undefined;
    if (usesSlot) countUse(chip, slot);
    return digest;
  },
};

/** TempKey where the mode names its SourceFlag and no key with NoMac went into it. */
function macTempKey(chip: ChipState, mode: number): Uint8Array | undefined {
  const tempKey = inputTempKey(chip);
  if (tempKey === undefined || tempKey.noMacFlag) return undefined;
  return tempKey.sourceFlag === Number((mode & SOURCE_FLAG) !== 0) ? tempKey.value : undefined;
}

/** ReqRandom is about what TempKey brings in (section 7), so that the host's challenge alone needs no random nonce. */
function macKey(chip: ChipState, slot: number, usesTempKey: boolean): Uint8Array | undefined {
  if (has(slotConfigOf(chip.memory, slot), SLOT_CONFIG.noMac)) return undefined;
  if (usesTempKey && !isRandomEnough(chip, slot, chip.tempKey)) return undefined;
  return secretKeyOf(chip, slot);
}

function tail(memory: Uint8Array, mode: number, slot: number): Uint8Array {
  const head = commandBytes(OPCODE.MAC, mode, slot);
  if ((mode & INCLUDE_SERIAL) === 0) return macTail(memory, { head });
  const { SerialNumberHigh: high, SerialNumberLow: low } = CONFIG;
  return macTail(memory, {
    head,
    serial4: memory.subarray(high, high + 4),
    serial2: memory.subarray(low + 2, low + 4),
  });
}

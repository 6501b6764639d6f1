import { gcmMultiply } from '../../crypto/index.ts';
import { bits, has } from '../bit-fields.ts';
import type { Command } from '../command.ts';
import { AES_ENABLE, CONFIG, KEY_CONFIG, KEY_TYPE_AES } from '../config-layout.ts';
import { countUse, secretKeyOf } from '../key-use.ts';
import { byteAt, slotSize } from '../memory.ts';
import { OPCODE, TEMP_KEY } from '../opcodes.ts';
import { isPrivate, keyConfigOf } from '../slots.ts';
import { type ChipState, inputTempKey } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { isDataLocked, isSlot } from '../zones.ts';

const ENCRYPT = 0;
const DECRYPT = 1;
const GFM = 3;
const KEY_BLOCK_SHIFT = 6; // mode bits 7:6: which 16 bytes of the slot or of TempKey are the key
const RESERVED = 0x38;

const BLOCK_SIZE = 16;

/** AES-128 of one block, or one step of GHASH, which takes no key: H || X to their product. */
export const aes: Command = {
  opcode: OPCODE.AES,
  name: 'AES',
  lengths: [BLOCK_SIZE, 2 * BLOCK_SIZE],
  executionTime: [27, 27, 27],
  execute(chip, mode, keyId, data) {
    const operation = mode & 0x07;
    if (mode & RESERVED || !has(byteAt(chip.memory, CONFIG.AesEnable), AES_ENABLE)) return STATUS.ParseError;
    if (operation !== ENCRYPT && operation !== DECRYPT && operation !== GFM) return STATUS.ParseError;
    if (data.length !== (operation === GFM ? 2 * BLOCK_SIZE : BLOCK_SIZE)) return STATUS.ParseError;
    if (operation === GFM) return gcmMultiply(data, data.subarray(BLOCK_SIZE));
    const key = keyOf(chip, keyId, BLOCK_SIZE * (mode >> KEY_BLOCK_SHIFT));
    if (typeof key === 'number') return key;
    const out = operation === ENCRYPT ? chip.crypto.aesEncrypt(key, data) : chip.crypto.aesDecrypt(key, data);
    if (keyId !== TEMP_KEY) countUse(chip, keyId);
    return out;
  },
};

/** The 16 bytes at `at`. A slot that never holds an AES key there is a wrong parameter, an unready key a wrong state. */
function keyOf(chip: ChipState, keyId: number, at: number): Status | Uint8Array {
  let key: Uint8Array | undefined;
  if (keyId === TEMP_KEY) {
    key = inputTempKey(chip)?.value;
  } else {
    if (!isSlot(keyId) || !isAesKey(chip.memory, keyId) || at + BLOCK_SIZE > slotSize(keyId)) return STATUS.ParseError;
    if (isDataLocked(chip.memory)) key = secretKeyOf(chip, keyId);
  }
  if (key === undefined || at + BLOCK_SIZE > key.length) return STATUS.ExecutionError;
  return key.subarray(at, at + BLOCK_SIZE);
}

function isAesKey(memory: Uint8Array, slot: number): boolean {
  return !isPrivate(memory, slot) && bits(keyConfigOf(memory, slot), KEY_CONFIG.keyType) === KEY_TYPE_AES;
}

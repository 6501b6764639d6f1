import type { Command } from '../command.ts';
import { OPCODE } from '../opcodes.ts';
import { type ChipState, SOURCE, tempKey } from '../state.ts';
import { STATUS, type Status } from '../status.ts';
import { randomBytes } from './random.ts';

const PASS_THROUGH = 0x03; // mode bits 1:0
const LONG = 0x20; // 64 bytes instead of 32
const TARGET = 0xc0;
const TO_TEMP_KEY = 0x00;
const TO_MESSAGE_DIGEST_BUFFER = 0x40;
const TO_ALTERNATE_KEY_BUFFER = 0x80;

const NUM_IN_SIZE = 20;
/** The param2 with which TempKey takes the place of the random number. */
const CALCULATE = 0x8000;

export const nonce: Command = {
  opcode: OPCODE.Nonce,
  name: 'Nonce',
  lengths: [NUM_IN_SIZE, 32, 64],
  executionTime: [20, 20, 20],
  execute(chip, mode, param2, data) {
    if (mode === 0 || mode === 1) return combine(chip, mode, param2, data);
    return passThrough(chip, mode, param2, data);
  },
};

/** TempKey = SHA-256(random || NumIn || 16 || mode || 00), and the host gets the random number that it needs to follow. */
function combine(chip: ChipState, mode: number, param2: number, numIn: Uint8Array): Status | Uint8Array {
  if (numIn.length !== NUM_IN_SIZE || (param2 !== 0 && param2 !== CALCULATE)) return STATUS.ParseError;
  const previous = chip.tempKey;
  if (param2 === 0) {
    const randOut = randomBytes(chip);
    if (randOut === undefined) return STATUS.HealthTestFailure;
    chip.tempKey = tempKey(digest(chip, randOut, numIn, mode), SOURCE.Random);
    return randOut;
  }
  if (previous === undefined || previous.privateKey) return STATUS.ExecutionError;
  const value = digest(chip, previous.value.subarray(0, 32), numIn, mode);
  chip.tempKey = { ...previous, value };
  return value;
}

function digest(chip: ChipState, seed: Uint8Array, numIn: Uint8Array, mode: number): Uint8Array {
  return chip.crypto.sha256(seed, numIn, Uint8Array.of(OPCODE.Nonce, mode, 0x00));
}

/** The data itself becomes TempKey, the Message Digest Buffer or the Alternate Key Buffer. */
function passThrough(chip: ChipState, mode: number, param2: number, data: Uint8Array): Status {
  if ((mode & ~(LONG | TARGET)) !== PASS_THROUGH || param2 !== 0) return STATUS.ParseError;
  if (data.length !== (mode & LONG ? 64 : 32)) return STATUS.ParseError;
  switch (mode & TARGET) {
    case TO_TEMP_KEY:
      chip.tempKey = tempKey(Uint8Array.from(data), SOURCE.Input);
      return STATUS.Success;
    case TO_MESSAGE_DIGEST_BUFFER:
      chip.messageDigestBuffer = Uint8Array.from(data);
      return STATUS.Success;
    case TO_ALTERNATE_KEY_BUFFER:
      if (mode & LONG) return STATUS.ParseError;
      chip.alternateKeyBuffer = Uint8Array.from(data);
      return STATUS.Success;
    default:
      return STATUS.ParseError;
  }
}

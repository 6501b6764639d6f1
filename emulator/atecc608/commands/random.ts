import type { Command } from '../command.ts';
import { passesHealthTest } from '../health-test.ts';
import { OPCODE } from '../opcodes.ts';
import type { ChipState } from '../state.ts';
import { STATUS } from '../status.ts';
import { isConfigLocked } from '../zones.ts';

const RANDOM_SIZE = 32;

/** Quirk: until the configuration is locked the generator answers FF FF 00 00, over and over. */
const PATTERN = Uint8Array.from({ length: RANDOM_SIZE }, (_, index) => (index & 2 ? 0x00 : 0xff));

/** 32 bytes of the chip's random number generator, in its present lock state; undefined where its health test fails. */
export function randomBytes(chip: ChipState): Uint8Array | undefined {
  if (!isConfigLocked(chip.memory)) return PATTERN;
  return passesHealthTest(chip) ? chip.rng.bytes(RANDOM_SIZE) : undefined;
}

/** Mode 0 updates the generator's seed and mode 1 does not, a difference that no host can see. */
export const random: Command = {
  opcode: OPCODE.Random,
  name: 'Random',
  lengths: [0],
  executionTime: [23, 23, 23],
  execute(chip, mode, param2) {
    if (mode > 1 || param2 !== 0) return STATUS.ParseError;
    return randomBytes(chip) ?? STATUS.HealthTestFailure;
  },
};

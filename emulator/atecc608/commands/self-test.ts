import type { Command } from '../command.ts';
import { OPCODE } from '../opcodes.ts';
import { ALL_SELF_TESTS, runSelfTests } from '../self-test.ts';
import { STATUS } from '../status.ts';

/** Quirk: what cryptoauthlib sends to run all tests is 3B, with the reserved bit 1 and without that of ECDSA. */
const RESERVED_ACCEPTED = 0x02;

/** Runs the tests of its mode and answers those that failed; mode 0 answers what has failed since the wake. */
export const selfTest: Command = {
  opcode: OPCODE.SelfTest,
  name: 'SelfTest',
  lengths: [0],
  executionTime: [250, 625, 2324],
  execute(chip, mode, param2) {
    if (mode & ~(ALL_SELF_TESTS | RESERVED_ACCEPTED) || param2 !== 0) return STATUS.ParseError;
    return Uint8Array.of(mode === 0 ? chip.selfTestFailures : runSelfTests(chip, mode & ALL_SELF_TESTS));
  },
};

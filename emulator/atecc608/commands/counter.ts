import type { Command } from '../command.ts';
import { COUNTER_MAX, counterOf, storeCounter } from '../counter.ts';
import { OPCODE } from '../opcodes.ts';
import { STATUS } from '../status.ts';
import { isConfigLocked } from '../zones.ts';

const INCREMENT = 1;
const COUNTERS = 2;

/** Reads one of the two monotonic counters, or counts and answers the new value: 4 bytes, little-endian. */
export const counter: Command = {
  opcode: OPCODE.Counter,
  name: 'Counter',
  lengths: [0],
  executionTime: [25, 25, 25],
  execute(chip, mode, index) {
    if (mode > INCREMENT || index >= COUNTERS) return STATUS.ParseError;
    let value = counterOf(chip.memory, index);
    if (mode === INCREMENT) {
      const open = isConfigLocked(chip.memory) || chip.unspecifiedBehaviour.counterBeforeConfigLock === 'allowed';
      if (!open || value >= COUNTER_MAX) return STATUS.ExecutionError;
      storeCounter(chip, index, ++value);
    }
    return Uint8Array.of(value, value >> 8, value >> 16, value >> 24);
  },
};

import type { Command } from '../command.ts';
import { CONFIG } from '../config-layout.ts';
import { OPCODE } from '../opcodes.ts';
import { STATUS } from '../status.ts';
import { isConfigLocked } from '../zones.ts';

/** Writes UserExtra (mode 0) or UserExtraAdd (mode 1): freely before the configuration lock, afterwards once, over 00. */
export const updateExtra: Command = {
  opcode: OPCODE.UpdateExtra,
  name: 'UpdateExtra',
  lengths: [0],
  executionTime: [10, 10, 10],
  execute(chip, mode, value) {
    if (mode > 1) return STATUS.ParseError;
    const offset = mode === 0 ? CONFIG.UserExtra : CONFIG.UserExtraAdd;
    if (isConfigLocked(chip.memory) && chip.memory[offset] !== 0) return STATUS.ExecutionError;
    chip.store(offset, Uint8Array.of(value));
    return STATUS.Success;
  },
};

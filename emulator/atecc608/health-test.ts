import { has } from './bit-fields.ts';
import { CHIP_OPTIONS, CONFIG } from './config-layout.ts';
import { uint16At } from './memory.ts';
import type { ChipState } from './state.ts';

/**
 * The test of the generator before a command draws of it; where it fails, the command answers 08 and does nothing. With
 * ChipOptions bit 3 the command that fails clears the failure, and the next may pass. Without it the failure stays until
 * sleep: sources name only the bit.
 */
export function passesHealthTest(chip: ChipState): boolean {
  if (chip.healthTestFailed) return false;
  if (chip.failingHealthTests === 0) return true;
  chip.failingHealthTests--;
  chip.healthTestFailed = !has(uint16At(chip.memory, CONFIG.ChipOptions), CHIP_OPTIONS.autoClearFirstFail);
  return false;
}

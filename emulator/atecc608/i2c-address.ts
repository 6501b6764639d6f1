import { has } from './bit-fields.ts';
import { CHIP_MODE, CONFIG } from './config-layout.ts';
import { byteAt } from './memory.ts';

/**
 * The address of a chip with this memory, in 7 bits: I2C_Address, or UserExtraAdd once it was written where ChipMode says that
 * it counts. Both are in 8-bit form.
 */
export function i2cAddressOf(memory: Uint8Array): number {
  const extra = byteAt(memory, CONFIG.UserExtraAdd);
  const isExtra = has(byteAt(memory, CONFIG.ChipMode), CHIP_MODE.useUserExtraAdd) && extra !== 0;
  return (isExtra ? extra : byteAt(memory, CONFIG.I2cAddress)) >> 1;
}

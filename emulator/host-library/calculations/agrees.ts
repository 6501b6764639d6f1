import { type Opcode, STATUS } from '../../atecc608/index.ts';
import { EmuError } from '../../errors.ts';
import type { AteccDriver } from '../driver/index.ts';

/**
 * A command that compares: the `length` bytes that it answers where it agrees (none is an empty array), undefined where it
 * does not. Any other refusal throws.
 */
export function agrees(
  driver: AteccDriver,
  opcode: Opcode,
  mode: number,
  param2: number,
  data: Uint8Array,
  length = 0,
): Uint8Array | undefined {
  try {
    return driver.request(opcode, mode, param2, data, length);
  } catch (error) {
    if (isMiscompare(error)) return undefined;
    throw error;
  }
}

function isMiscompare(error: unknown): boolean {
  if (!(error instanceof EmuError) || error.code !== 'EMU_E_CHIP_STATUS') return false;
  return (error.value as { readonly status: number }).status === STATUS.Miscompare;
}

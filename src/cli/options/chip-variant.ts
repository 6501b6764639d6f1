import type { VARIANT_NAMES, VariantName } from '../../../emulator/atecc608/index.ts';
import { quoted, usageError } from '../errors/index.ts';

/** Here too, and held to the chip's: the chip itself is not loaded for a list of options. */
export const VARIANTS = [
  'ATECC608A',
  'ATECC608B',
  'ATECC608A-TNGTLS',
  'ATECC608A-TFLXTLS',
] as const satisfies typeof VARIANT_NAMES;

/** @throws EmuError EMU_E_USAGE */
export function variantOf(option: string, text: string): VariantName;
export function variantOf(option: string, text: string | undefined): VariantName | undefined;
export function variantOf(option: string, text: string | undefined): VariantName | undefined {
  const variant = VARIANTS.find((name) => name === text);
  if (text === undefined || variant !== undefined) return variant;
  throw usageError(`${option} is one of ${VARIANTS.join(', ')}, not ${quoted(text)}`, 'See docs/atecc608a.md.');
}

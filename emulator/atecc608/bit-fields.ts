import { EmuError } from '../errors.ts';

/** A field's lowest bit and its width within a word. */
export type BitField = readonly [shift: number, width: number];
export type BitLayout = Readonly<Record<string, BitField>>;

/** A layout's fields by name: one bit is a boolean, more are a number. */
export type Fields<L extends BitLayout> = { readonly [Name in keyof L]: L[Name][1] extends 1 ? boolean : number };

/** One field of a word, as a number. For hot paths: no objects. */
export function bits(word: number, field: BitField): number {
  return (word >> field[0]) & ((1 << field[1]) - 1);
}

/** True when a field of a word is not zero. */
export function has(word: number, field: BitField): boolean {
  return bits(word, field) !== 0;
}

export function decodeFields<L extends BitLayout>(layout: L, word: number): Fields<L> {
  const fields: Record<string, number | boolean> = {};
  for (const [name, field] of Object.entries(layout)) {
    fields[name] = field[1] === 1 ? has(word, field) : bits(word, field);
  }
  return fields as Fields<L>;
}

/** Throws `EMU_E_CHIP_CONFIG` for a value that does not fit its field. */
export function encodeFields<L extends BitLayout>(layout: L, fields: Fields<L>): number {
  let word = 0;
  for (const [name, [shift, width]] of Object.entries(layout)) {
    word |= fitting(name, width, Number((fields as Record<string, number | boolean>)[name])) << shift;
  }
  return word;
}

/** `value`, where it has no more than `width` bits. Throws `EMU_E_CHIP_CONFIG`. */
export function fitting(name: string, width: number, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** width) return value;
  throw new EmuError('EMU_E_CHIP_CONFIG', `${name} has ${width} bits`, { value });
}

import { EmuError } from '../../emulator/errors.ts';

/** A value in an initializer of C11, or a nested one. */
export type CValue = string | CStruct;
/** Members in the order of the declaration. */
export type CStruct = { readonly [member: string]: CValue };

const BYTES_PER_LINE = 16;
const UTF8 = new TextEncoder();

/** What the firmware's tables have no room for. */
export function doesNotFit(what: string, value: unknown): EmuError {
  return new EmuError('EMU_E_PROFILE_FIRMWARE', `the firmware in C cannot be built from this profile: ${what}`, {
    value,
    hint: 'The twin runs it; docs/firmware.md says what the firmware in C has.',
  });
}

/** `value` in whole units, as an unsigned constant of `bits` bits. `name` is its place in the profile. */
export function unsigned(bits: 8 | 16 | 32, name: string, value: number): string {
  const whole = Math.round(value);
  if (whole < 0 || whole >= 2 ** bits) throw doesNotFit(`${name} is ${value}, at most ${2 ** bits - 1} fits`, value);
  return `${whole}u`;
}

export function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** A string literal of the text's UTF-8. Three octal digits end by themselves, and `\?` is never a trigraph (C11 5.2.1.1, 6.4.4.4). */
export function literal(text: string): string {
  const characters = Array.from(UTF8.encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    if ('"\\?'.includes(character)) return `\\${character}`;
    return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${characters.join('')}"`;
}

/** The bytes between the braces of an array, a line for 16 of them. */
export function byteLines(bytes: Uint8Array, indent: string): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const line = Array.from(bytes.subarray(at, at + BYTES_PER_LINE), (byte) => `${hex(byte, 2)},`);
    lines.push(`${indent}${line.join(' ')}\n`);
  }
  return lines.join('');
}

/** A designated initializer. */
export function initializer(members: CStruct, indent = ''): string {
  const inner = `${indent}  `;
  const lines = Object.entries(members).map(([member, value]) => {
    const text = typeof value === 'string' ? value : initializer(value, inner);
    return `${inner}.${member} = ${text},\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

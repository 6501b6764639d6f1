/** The bytes of hexadecimal digits in this folder's own tables; blanks between them are for the reader. */
export function hexBytes(text: string): Uint8Array {
  return Uint8Array.from(text.replaceAll(/\s/g, '').match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

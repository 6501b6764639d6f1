/** The bytes of a hexadecimal text, which may have spaces. */
export const unhex = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** An element of DER (X.690 8.1.1) of less than 64 KiB. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.of(tag, ...head, ...content);
}

export const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);

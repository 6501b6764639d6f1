const hex = (byte: number) => byte.toString(16).padStart(2, '0');

/**
 * The firmware's client id: `prefix` and the last three bytes of the station's MAC address.
 * Quirk: the format is %02x%02X%02X, so the first byte has lower-case digits and the others upper-case ones.
 */
export function clientIdFrom(macTail: Uint8Array, prefix: string): string {
  const [first = 0, ...others] = macTail;
  return prefix + hex(first) + others.map(hex).join('').toUpperCase();
}

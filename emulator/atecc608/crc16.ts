const POLYNOMIAL = 0x8005;

const shifted = new Uint16Array(256); // what eight shifts do to a register whose high byte is the index
const reversed = new Uint8Array(256); // the bits of the index in reverse: input goes in lowest bit first
for (let byte = 0; byte < 256; byte++) {
  let register = byte << 8;
  for (let bit = 0; bit < 8; bit++) {
    register = (register << 1) ^ (register & 0x8000 ? POLYNOMIAL : 0);
    if (byte & (1 << bit)) reversed[byte] = (reversed[byte] as number) | (0x80 >> bit);
  }
  shifted[byte] = register;
}

/**
 * The CRC-16 of packets and of the Lock command: polynomial 0x8005, register from 0, lowest bit of each byte first, no
 * final XOR. It goes over the wire low byte first. Covers `bytes[from..to)`; `register` continues an earlier part.
 */
export function crc16(bytes: Uint8Array, from = 0, to = bytes.length, register = 0): number {
  let crc = register;
  for (let index = from; index < to; index++) {
    const input = reversed[bytes[index] as number] as number;
    crc = ((crc << 8) & 0xffff) ^ (shifted[(crc >> 8) ^ input] as number);
  }
  return crc;
}

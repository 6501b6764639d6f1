/** Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian. */

/** The type of a file's first block, the same in both byte orders. */
export const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const DECRYPTION_SECRETS = 10;
const TLS_KEY_LOG = 0x544c534b;
const LINKTYPE_ETHERNET = 1;
const TWO_32 = 2 ** 32;

/** The beginning of a file: one section and one Ethernet interface with times in microseconds. */
export function fileHeader(): Uint8Array {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
  section.writeUInt16LE(1, 4);
  // Unknown section length: all bits set.
  section.fill(0xff, 8);
  const description = Buffer.alloc(8);
  description.writeUInt16LE(LINKTYPE_ETHERNET, 0);
  return Buffer.concat([block(SECTION_HEADER, section), block(INTERFACE_DESCRIPTION, description)]);
}

/** A frame at a time in microseconds since 1970. */
export function packetBlock(timeUs: number, frame: Uint8Array): Uint8Array {
  const body = Buffer.alloc(20 + padded(frame.length));
  body.writeUInt32LE(Math.floor(timeUs / TWO_32), 4);
  body.writeUInt32LE(timeUs % TWO_32, 8);
  body.writeUInt32LE(frame.length, 12);
  body.writeUInt32LE(frame.length, 16);
  body.set(frame, 20);
  return block(ENHANCED_PACKET, body);
}

/** Lines of a TLS key log; they serve the packets behind them in the file. */
export function secretsBlock(keyLog: string): Uint8Array {
  const text = Buffer.from(keyLog);
  const body = Buffer.alloc(8 + padded(text.length));
  body.writeUInt32LE(TLS_KEY_LOG, 0);
  body.writeUInt32LE(text.length, 4);
  body.set(text, 8);
  return block(DECRYPTION_SECRETS, body);
}

function block(type: number, body: Buffer): Buffer {
  const whole = Buffer.alloc(12 + body.length);
  whole.writeUInt32LE(type, 0);
  whole.writeUInt32LE(whole.length, 4);
  whole.set(body, 8);
  whole.writeUInt32LE(whole.length, 8 + body.length);
  return whole;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

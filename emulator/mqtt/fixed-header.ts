/** Control packet types by number (MQTT 3.1.1 table 2.1); 0 and 15 are reserved. */
const names = [
  'reserved',
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'pingreq',
  'pingresp',
  'disconnect',
  'reserved',
] as const;

export type PacketName = (typeof names)[number];

export function packetName(packet: Uint8Array): PacketName {
  return names[(packet[0] ?? 0) >> 4] ?? 'reserved';
}

/** Of the type, and of the remaining length in seven bits a byte, bit 7 set in all but the last (MQTT 3.1.1 2.2.3). */
export const MAX_HEADER_LENGTH = 5;

/** Bytes of the fixed header at the beginning; undefined when it does not end, or not in time. */
export function headerLength(packet: Uint8Array): number | undefined {
  for (let i = 1; i < MAX_HEADER_LENGTH; i++) {
    const byte = packet[i];
    if (byte === undefined) return undefined;
    if (byte < 0x80) return i + 1;
  }
  return undefined;
}

/** Length of the packet that begins here, fixed header included; undefined when its fixed header is not one. */
export function packetLength(packet: Uint8Array): number | undefined {
  const header = headerLength(packet);
  if (header === undefined) return undefined;
  let remaining = 0;
  for (let i = header - 1; i > 0; i--) remaining = remaining * 0x80 + ((packet[i] ?? 0) & 0x7f);
  return header + remaining;
}

/** Length of a packet with `remaining` bytes behind its fixed header. */
export function lengthWithHeader(remaining: number): number {
  let header = 2;
  for (let rest = remaining; rest >= 0x80; rest = Math.floor(rest / 0x80)) header++;
  return header + remaining;
}

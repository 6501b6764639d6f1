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

/** Bytes of the fixed header, the type and one to four of length; undefined when they do not end in time (MQTT 3.1.1 2.2.3). */
export function headerLength(packet: Uint8Array): number | undefined {
  for (let i = 1; i <= 4; i++) {
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

/** What stands before a PUBLISH packet's payload. */
export interface PublishHeader {
  readonly topic: string;
  readonly qos: number;
  /** 0 with QoS 0. */
  readonly id: number;
  readonly payloadOffset: number;
}

const utf8 = new TextDecoder();

/** Reads a PUBLISH packet's header from its beginning; undefined when that is too short. The payload may be missing. */
export function publishHeader(packet: Uint8Array): PublishHeader | undefined {
  const start = headerLength(packet);
  if (start === undefined || packet.length < start + 2) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const topicEnd = start + 2 + view.getUint16(start);
  const qos = (view.getUint8(0) >> 1) & 3;
  const payloadOffset = topicEnd + (qos > 0 ? 2 : 0);
  if (packet.length < payloadOffset) return undefined;
  const topic = utf8.decode(packet.subarray(start + 2, topicEnd));
  return { topic, qos, id: qos > 0 ? view.getUint16(topicEnd) : 0, payloadOffset };
}

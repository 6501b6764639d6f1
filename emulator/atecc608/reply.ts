import { crc16 } from './crc16.ts';
import { STATUS, type Status } from './status.ts';

/** The reply packet of a payload: count, payload, CRC. */
export function reply(payload: Uint8Array): Uint8Array {
  const count = payload.length + 3;
  const packet = new Uint8Array(count);
  packet[0] = count;
  packet.set(payload, 1);
  const crc = crc16(packet, 0, count - 2);
  packet[count - 2] = crc;
  packet[count - 1] = crc >> 8;
  return packet;
}

// Replies are only ever read, so every chip answers with the same few packets.
const statusReplies = new Map(Object.values(STATUS).map((status) => [status, reply(Uint8Array.of(status))]));

export function statusReply(status: Status): Uint8Array {
  return statusReplies.get(status) as Uint8Array;
}

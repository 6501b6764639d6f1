import { headerLength, lengthWithHeader } from './fixed-header.ts';

/** What stands before a PUBLISH packet's payload. */
export interface PublishHeader {
  readonly topic: string;
  readonly qos: number;
  /** 0 with QoS 0. */
  readonly id: number;
  readonly payloadOffset: number;
}

const encoder = new TextEncoder();
// [MQTT-1.5.3-3]: a byte order mark is a character of the topic.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads a PUBLISH packet's header from its beginning; undefined when that is too short. The payload may be missing. */
export function publishHeader(packet: Uint8Array): PublishHeader | undefined {
  const start = headerLength(packet);
  if (start === undefined || packet.length < start + 2) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const topicEnd = start + 2 + view.getUint16(start);
  const qos = (view.getUint8(0) >> 1) & 3;
  const payloadOffset = topicEnd + (qos > 0 ? 2 : 0);
  if (packet.length < payloadOffset) return undefined;
  const topic = decoder.decode(packet.subarray(start + 2, topicEnd));
  return { topic, qos, id: qos > 0 ? view.getUint16(topicEnd) : 0, payloadOffset };
}

/** Length of a whole PUBLISH packet. */
export function publishLength(topic: string, qos: number, payloadLength: number): number {
  return lengthWithHeader(2 + encoder.encode(topic).length + (qos > 0 ? 2 : 0) + payloadLength);
}

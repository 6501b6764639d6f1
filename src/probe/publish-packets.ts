/** What a PUBLISH packet carries. */
export interface Publish {
  readonly topic: string;
  readonly payload: Uint8Array;
}

const PUBLISH = 3;

export function isPublish(packet: Uint8Array): boolean {
  return (packet[0] ?? 0) >> 4 === PUBLISH;
}

/** Takes whole PUBLISH packets apart that stand one behind the other [MQTT-3.3]. */
export function* publishesIn(packets: Uint8Array): Generator<Publish> {
  const bytes = Buffer.from(packets.buffer, packets.byteOffset, packets.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const qos = (bytes.readUInt8(at) >> 1) & 3;
    let start = at + 1;
    let remaining = 0;
    for (let shift = 0; ; shift += 7) {
      const digit = bytes.readUInt8(start++);
      remaining += (digit & 0x7f) * 2 ** shift;
      if (digit < 0x80) break;
    }
    const topicStart = start + 2;
    const topicEnd = topicStart + bytes.readUInt16BE(start);
    at = start + remaining;
    const payloadStart = topicEnd + (qos > 0 ? 2 : 0);
    yield { topic: bytes.toString('utf8', topicStart, topicEnd), payload: bytes.subarray(payloadStart, at) };
  }
}

import { packetLength, packetName, publishHeader } from '../../emulator/mqtt/index.ts';

/** What a PUBLISH packet carries. */
export interface Publish {
  readonly topic: string;
  readonly payload: Uint8Array;
}

export function isPublish(packet: Uint8Array): boolean {
  return packetName(packet) === 'publish';
}

/** Takes whole PUBLISH packets apart that stand one behind the other [MQTT-3.3]. */
export function* publishesIn(packets: Uint8Array): Generator<Publish> {
  for (let rest = packets; rest.length > 0; ) {
    const header = publishHeader(rest);
    const length = packetLength(rest);
    if (header === undefined || length === undefined) throw new RangeError('a PUBLISH packet that is cut off');
    yield { topic: header.topic, payload: rest.subarray(header.payloadOffset, length) };
    rest = rest.subarray(length);
  }
}

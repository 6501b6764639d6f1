import { generate } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { packetLength, publishHeader, publishLength } from '../../../emulator/mqtt/index.ts';

const TOPIC = 'a/Ω'; // three characters, four bytes

// MQTT 3.1.1 table 2.4: the first and last remaining length of each number of bytes.
test.each([
  [127, 2],
  [128, 3],
  [16_383, 3],
  [16_384, 4],
  [2_097_151, 4],
  [2_097_152, 5],
])('a remaining length of %i has a fixed header of %i bytes', (remaining, header) => {
  const payload = Buffer.alloc(remaining - 2 - 4);
  const packet = generate({ cmd: 'publish', topic: TOPIC, payload, qos: 0, dup: false, retain: false });
  expect(publishLength(TOPIC, 0, payload.length)).toBe(header + remaining);
  expect(packetLength(packet.subarray(0, header))).toBe(header + remaining);
  expect(packetLength(packet.subarray(0, header - 1))).toBeUndefined();
  expect(publishHeader(packet)).toEqual({ topic: TOPIC, qos: 0, id: 0, payloadOffset: header + 6 });
});

test('a packet id lies between topic and payload', () => {
  const packet = Buffer.from(['3a', '0a', '0004', '612fcea9', 'fffe', '6869'].join(''), 'hex');
  expect(publishHeader(packet)).toEqual({ topic: TOPIC, qos: 1, id: 0xfffe, payloadOffset: 10 });
  expect(publishLength(TOPIC, 1, 2)).toBe(packet.length);
});

test('a byte order mark belongs to the topic [MQTT-1.5.3-3]', () => {
  expect(publishHeader(Buffer.from('30050003efbbbf', 'hex'))?.topic).toBe('\ufeff');
});

import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, test } from 'vitest';
import { PacketFramer } from '../../../src/broker/packet-framer.ts';

const PINGRESP = Buffer.from([0xd0, 0x00]);
const CONNACK = Buffer.from([0x20, 0x02, 0x00, 0x00]);

function publish(payloadLength: number): Buffer {
  return generate({
    cmd: 'publish',
    topic: 't',
    payload: Buffer.alloc(payloadLength),
    qos: 0,
    dup: false,
    retain: false,
  });
}

describe('PacketFramer', () => {
  test('gives packets that arrive together one by one', () => {
    expect(new PacketFramer().push(Buffer.concat([CONNACK, PINGRESP, CONNACK]))).toEqual([CONNACK, PINGRESP, CONNACK]);
  });

  test('waits for the rest of a packet at every cut', () => {
    const packet = publish(200); // a two-byte remaining length
    for (let cut = 1; cut < packet.length; cut++) {
      const framer = new PacketFramer();
      expect(framer.push(packet.subarray(0, cut))).toEqual([]);
      expect(framer.push(packet.subarray(cut))).toEqual([packet]);
    }
  });

  // MQTT 3.1.1 table 2.4: the first and last value of every length of the remaining length.
  test.each([0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])('takes a remaining length of %i', (remaining) => {
    const packet = remaining < 3 ? PINGRESP : publish(remaining - 3);
    const packets = new PacketFramer().push(Buffer.concat([packet, CONNACK]));
    expect(packets.map(({ length }) => length)).toEqual([packet.length, CONNACK.length]);
  });

  test('refuses a remaining length of five bytes [MQTT-2.2.3]', () => {
    expect(() => new PacketFramer().push(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]))).toThrow(RangeError);
  });

  test('loses and invents nothing, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 90 })), (sizes, cuts) => {
        const packets = sizes.map(publish);
        let bytes = Buffer.concat(packets);
        const framer = new PacketFramer();
        const out: Buffer[] = [];
        for (const cut of cuts) {
          out.push(...framer.push(bytes.subarray(0, cut)));
          bytes = bytes.subarray(cut);
        }
        out.push(...framer.push(bytes));
        expect(out).toEqual(packets);
      }),
    );
  });
});

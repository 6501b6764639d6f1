import { expect, test } from 'vitest';
import { decode, type Packet } from '../../../emulator/mqtt/index.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const PUBACK = '40020005';
const parsed = (hex: string) => {
  const packet = decode(bytes(hex));
  return packet instanceof Error ? 'an error' : [packet.cmd, (packet as Packet & { messageId?: number }).messageId];
};

// One parser serves all clients: what one of them received may not be in the way of the next.
test.each([
  ['nothing', ''],
  ['half a header', '40'],
  ['a packet that is cut off', '400200'],
  ['a packet that is cut off in its topic', '3009 0005 7465'],
  ['a reserved type', '0000'],
  ['flags that its type forbids (MQTT 3.1.1 2.2.2)', '42020005'],
  ['a topic that is longer than the packet', '3003000974'],
])('%s leaves nothing behind', (_what, hex) => {
  for (let again = 0; again < 2; again++) {
    expect(decode(bytes(hex))).toBeInstanceOf(Error);
    expect(parsed(PUBACK)).toEqual(['puback', 5]);
  }
});

test('one packet after the other is parsed', () => {
  expect([PUBACK, '50020006', '62020007', '70020008', 'd000'].map(parsed)).toEqual([
    ['puback', 5],
    ['pubrec', 6],
    ['pubrel', 7],
    ['pubcomp', 8],
    ['pingresp', undefined],
  ]);
});

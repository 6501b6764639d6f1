import { describe, expect, it } from 'vitest';
import type { MqttEvent } from '../../../emulator/mqtt/index.ts';
import { ascii, connected, hex, PINGRESP, publishPacket } from './harness.ts';

/** Messages with their payload as text; other events as they are. */
function readable(events: readonly MqttEvent[]): unknown[] {
  return events.map((event) =>
    event.type === 'message'
      ? [event.topic, Buffer.from(event.payload).toString(), event.offset, event.totalLength]
      : event,
  );
}

describe('messages', () => {
  it('are delivered with topic and payload', () => {
    const { receive, events, sent } = connected();
    receive(publishPacket('/topic/qos0', 'data'));
    expect(readable(events())).toEqual([['/topic/qos0', 'data', 0, 4]]);
    expect(sent()).toEqual([]);
  });

  it('with QoS 1 are answered with PUBACK first', () => {
    const { receive, events, sent } = connected();
    receive(publishPacket('t', 'x', 1, 0xabcd));
    expect(sent()).toEqual(['4002abcd']);
    expect(events()).toMatchObject([{ type: 'message', qos: 1 }]);
  });

  it('with QoS 2 are answered with PUBREC, and PUBREL with PUBCOMP', () => {
    const { receive, events, sent } = connected();
    receive(publishPacket('t', 'x', 2, 0xabcd));
    expect(sent()).toEqual(['5002abcd']);
    expect(events()).toMatchObject([{ type: 'message', qos: 2 }]);
    receive('6202abcd');
    expect(sent()).toEqual(['7002abcd']);
    expect(events()).toEqual([]);
  });

  it('may be empty', () => {
    const { receive, events } = connected();
    receive(publishPacket('t', ''));
    expect(readable(events())).toEqual([['t', '', 0, 0]]);
  });
});

describe('only the first packet of a read is handled', () => {
  it('the others are lost, and said to be', () => {
    const { receive, events, sent } = connected();
    receive(publishPacket('a', '1', 1, 1) + publishPacket('b', '2', 1, 2) + PINGRESP + publishPacket('c', '3'));
    expect(readable(events())).toEqual([
      ['a', '1', 0, 1],
      { type: 'dropped', packet: 'publish', topic: 'b' },
      { type: 'dropped', packet: 'pingresp', topic: undefined },
      { type: 'dropped', packet: 'publish', topic: 'c' },
    ]);
    expect(sent()).toEqual(['40020001']);
  });

  it('a lost PINGRESP was never there', async () => {
    const { clock, receive, events } = connected();
    await clock.advance(61_000);
    receive(publishPacket('a', '1') + PINGRESP);
    events();
    await clock.advance(61_000);
    expect(events()).toEqual([{ type: 'disconnected', reason: 'NO_PINGRESP' }]);
  });

  it('a packet in the next record is not lost', () => {
    const { receive, events } = connected();
    receive(publishPacket('a', '1'));
    receive(publishPacket('b', '2'));
    expect(readable(events())).toEqual([
      ['a', '1', 0, 1],
      ['b', '2', 0, 1],
    ]);
  });

  it('a packet cut by the end of the read is lost, and so is all of the next read', () => {
    const { receive, events } = connected();
    const first = publishPacket('a', 'x'.repeat(1000)); // 1006 bytes of the 1024 that one read takes
    receive(first + publishPacket('b', '0'.repeat(100)) + publishPacket('c', '3'));
    expect(readable(events())).toEqual([
      ['a', 'x'.repeat(1000), 0, 1000],
      { type: 'dropped', packet: 'publish', topic: 'b' },
      { type: 'dropped', packet: 'publish', topic: 'c' },
    ]);
    receive(publishPacket('d', '4'));
    expect(readable(events())).toEqual([['d', '4', 0, 1]]);
  });

  it('a SUBACK split between records is lost, whole, wherever it is split', () => {
    for (let at = 2; at < 5; at++) {
      const { client, receive, events } = connected({ draws: [1] });
      client.subscribe('t', 0);
      receive('9003000100'.slice(0, 2 * at));
      receive('9003000100'.slice(2 * at));
      receive(publishPacket('d', '4'));
      expect(readable(events())).toEqual([
        { type: 'malformed', packet: 'suback', reason: 'the read ends before the packet' },
        ['d', '4', 0, 1],
      ]);
    }
  });
});

describe('a message longer than the read is delivered in pieces', () => {
  const text = Array.from({ length: 2500 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
  const packet = publishPacket('t', text, 1, 0x0102); // 3 + 2 + 1 + 2 + 2500 bytes
  const pieces = [
    ['t', text.slice(0, 1016), 0, 2500],
    [undefined, text.slice(1016, 2040), 1016, 2500],
    [undefined, text.slice(2040), 2040, 2500],
  ];

  it('of 1024 bytes, acknowledged once, the topic in the first', () => {
    const { receive, events, sent } = connected();
    receive(packet);
    expect(readable(events())).toEqual(pieces);
    expect(sent()).toEqual(['40020102']);
  });

  it('of whatever the records hold', () => {
    const { receive, events } = connected();
    receive(packet.slice(0, 2 * 8));
    receive(packet.slice(2 * 8, 2 * 108));
    receive(packet.slice(2 * 108));
    expect(readable(events())).toEqual([
      ['t', '', 0, 2500],
      [undefined, text.slice(0, 100), 0, 2500],
      [undefined, text.slice(100, 1124), 100, 2500],
      [undefined, text.slice(1124, 2148), 1124, 2500],
      [undefined, text.slice(2148), 2148, 2500],
    ]);
  });

  it('and the last read takes no more than its rest: a packet behind it arrives', () => {
    const { receive, events } = connected();
    receive(packet + publishPacket('u', 'next'));
    expect(readable(events())).toEqual([...pieces, ['u', 'next', 0, 4]]);
  });

  it('a message whose rest does not come is given up, and the connection kept', async () => {
    const { client, clock, receive, events } = connected();
    await clock.advance(3000);
    receive(packet.slice(0, 2 * 1024));
    await clock.advance(9_999);
    receive(packet.slice(2 * 1024, 2 * 1025));
    events();
    await clock.advance(10_000);
    expect(client.connected).toBe(true);
    receive(publishPacket('u', 'next'));
    expect(readable(events())).toEqual([['u', 'next', 0, 4]]);
  });

  it('each piece gives the next one the whole time-out', async () => {
    const { clock, receive, events } = connected();
    receive(packet.slice(0, 2 * 1024));
    await clock.advance(9_999);
    receive(packet.slice(2 * 1024, 2 * 1025));
    await clock.advance(9_999);
    events();
    receive(packet.slice(2 * 1025, 2 * 1026));
    expect(readable(events())).toEqual([[undefined, text.slice(1017, 1018), 1017, 2500]]);
  });

  it('and no PINGREQ is sent in the middle of one', async () => {
    const { clock, receive, sent } = connected();
    await clock.advance(60_500);
    receive(packet.slice(0, 2 * 1024));
    expect(sent()).toEqual(['40020102']);
    await clock.advance(100_000);
    expect(sent()).toEqual(['c000']);
  });
});

describe('acknowledgements', () => {
  it('of what was asked are told', () => {
    const { client, receive, events } = connected({ draws: [1, 2, 3, 4] });
    client.subscribe('a', 0);
    client.subscribe('b', 1);
    client.unsubscribe('b');
    client.publish('a', 'x', 1);
    receive('9003000100');
    receive('9003000201');
    receive('b0020003');
    receive('40020004');
    expect(events()).toEqual([
      { type: 'subscribed', id: 1 },
      { type: 'subscribed', id: 2 },
      { type: 'unsubscribed', id: 3 },
      { type: 'published', id: 4 },
    ]);
  });

  it('of a publish with QoS 2 come with PUBCOMP', () => {
    const { client, receive, events, sent } = connected({ draws: [5] });
    client.publish('a', 'x', 2);
    sent();
    receive('50020005');
    expect(sent()).toEqual(['62020005']);
    expect(events()).toEqual([]);
    receive('70020005');
    expect(events()).toEqual([{ type: 'published', id: 5 }]);
  });

  it('of something else, or a second time, are not', () => {
    const { client, receive, events } = connected({ draws: [1] });
    client.subscribe('a', 0);
    receive('9003000200'); // another id
    receive('b0020001'); // another kind
    receive('9003000100');
    receive('9003000100');
    expect(events()).toEqual([{ type: 'subscribed', id: 1 }]);
  });

  it('are no longer known 30 s after their packet moved into the outbox', async () => {
    const { client, clock, receive, events } = connected({ draws: [1, 2, 3] });
    client.subscribe('a', 0);
    client.subscribe('b', 0);
    client.subscribe('c', 0);
    await clock.advance(30_000);
    receive('9003000100');
    await clock.advance(1);
    receive('9003000200');
    expect(events()).toEqual([{ type: 'subscribed', id: 1 }]);
  });

  it('are known for 30 s from that move, however long ago their packet was sent', async () => {
    const { client, clock, receive, events } = connected({ draws: [1, 2] });
    client.subscribe('a', 0);
    await clock.advance(20_000);
    client.subscribe('b', 0);
    await clock.advance(30_000);
    receive('9003000100');
    expect(events()).toEqual([{ type: 'subscribed', id: 1 }]);
  });

  it('the last packet sent waits outside the outbox, where nothing expires', async () => {
    const { client, clock, receive, events } = connected({ draws: [1] });
    client.subscribe('a', 0);
    await clock.advance(50_000);
    receive('9003000100');
    expect(events()).toEqual([{ type: 'subscribed', id: 1 }]);
  });

  it('are forgotten from the oldest on when the outbox has more than 4096 bytes', () => {
    const { client, receive, events } = connected({ draws: [1, 2, 3, 4, 5, 6] });
    for (let i = 0; i < 6; i++) client.publish('t', 'x'.repeat(1000), 1); // 1008 bytes each, five of them in the outbox
    receive('40020001');
    expect(events()).toEqual([]);
    receive('40020002');
    receive('40020006');
    expect(events()).toEqual([
      { type: 'published', id: 2 },
      { type: 'published', id: 6 },
    ]);
  });
});

describe('it never checks what it receives: malformed packets are taken no notice of', () => {
  const cases: [title: string, packet: string][] = [
    ['a length of five bytes', '30ffffffff7f'],
    ['an unfinished length', '30'],
    ['a SUBACK that says to be endless', '90ffffff7f00010001'],
    ['a SUBACK with an impossible code', '9003000103'],
    ['a PUBACK without an id', '4000'],
    ['a PUBLISH with QoS 3', `3606${'0001'}${ascii('t')}${'000178'}`],
    ['a PUBLISH whose topic is longer than the packet', '3004ffff7474'],
    ['a PUBLISH with QoS 1 and no id', '32030001' + '74'],
    ['a PUBREL with wrong flags', '60020001'],
  ];

  it.each(cases)('%s', (_, packet) => {
    const { client, receive, events, sent } = connected({ draws: [1] });
    client.subscribe('t', 0);
    sent();
    receive(packet);
    expect(events()).toMatchObject([{ type: 'malformed' }]);
    expect(sent()).toEqual([]);
    // The connection and the parser, which all clients share, are as before.
    receive('9003000100');
    receive(publishPacket('/topic/qos0', 'data'));
    expect(readable(events())).toEqual([{ type: 'subscribed', id: 1 }, ['/topic/qos0', 'data', 0, 4]]);
  });

  it('and so are packets that a server does not send', () => {
    const { receive, events, sent } = connected();
    receive('101000044d5154540502000000' + '0003616263'); // CONNECT, MQTT 5
    receive('c000');
    receive('e000');
    receive('f000');
    receive('0000');
    receive('20020000');
    expect(events()).toEqual([]);
    expect(sent()).toEqual([]);
    receive(publishPacket('t', 'MQTT 3.1.1 still'));
    expect(readable(events())).toEqual([['t', 'MQTT 3.1.1 still', 0, 16]]);
  });

  it('a PUBLISH whose topic does not fit the read is swallowed', () => {
    const { receive, events } = connected();
    const packet = `30${'980b'}${'057d'}${'61'.repeat(1405)}${'62'.repeat(25)}`; // 2 + 1405 + 25 bytes follow
    receive(packet);
    expect(events().map((event) => event.type)).toEqual(['malformed', 'message']);
    receive(publishPacket('t', 'next'));
    expect(readable(events())).toEqual([['t', 'next', 0, 4]]);
  });
});

describe('a payload', () => {
  it('is a view of what was received, not a copy', () => {
    const { client, events } = connected();
    const record = Uint8Array.from(Buffer.from(publishPacket('t', 'view'), 'hex'));
    client.receive(record);
    const [event] = events();
    record[5] = 0x56;
    expect(event?.type === 'message' && hex(event.payload)).toBe(ascii('View'));
  });
});

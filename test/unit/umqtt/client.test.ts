import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { PacketIds, UmqttClient, type UmqttEvent } from '../../../emulator/umqtt/index.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const ascii = (text: string) => Buffer.from(text).toString('hex');

function harness({ keepAliveSeconds = 0, cleanSession = true } = {}) {
  const clock = new ManualClock();
  const sent: string[] = [];
  const events: UmqttEvent[] = [];
  const client = new UmqttClient({ clientId: 'dev', username: 'hub/dev', cleanSession, keepAliveSeconds }, clock, {
    send: (packet) => sent.push(Buffer.from(packet).toString('hex')),
    event: (event) => events.push(event),
  });
  client.connect();
  return {
    client,
    clock,
    events,
    receive: (...records: string[]) => {
      for (const record of records) client.receive(bytes(record));
    },
    sent: () => sent.splice(0),
  };
}

/** One that has its CONNACK. */
function connected(options: Parameters<typeof harness>[0] = {}) {
  const it = harness(options);
  it.receive('20020000');
  it.sent();
  it.events.length = 0;
  return it;
}

describe('packets, byte by byte (MQTT 3.1.1, chapter 3)', () => {
  it('CONNECT with user name and no password: flags 82, keep-alive 0', () => {
    const { sent } = harness();
    expect(sent()).toEqual([
      `1018 00044d515454 04 82 0000 0003${ascii('dev')} 0007${ascii('hub/dev')}`.replaceAll(' ', ''),
    ]);
  });

  it('CONNECT that keeps the session: flags 80, keep-alive 240', () => {
    const { sent } = harness({ cleanSession: false, keepAliveSeconds: 240 });
    expect(sent()[0]?.slice(4, 24)).toBe('00044d5154540480' + '00f0');
  });

  it('SUBSCRIBE of several filters in one packet', () => {
    const { client, sent } = connected();
    client.subscribe(2, [
      { topic: 'a/#', qos: 1 },
      { topic: 'b', qos: 0 },
    ]);
    expect(sent()).toEqual([`820c 0002 0003${ascii('a/#')}01 0001${ascii('b')}00`.replaceAll(' ', '')]);
  });

  it('PUBLISH with QoS 0 and no payload, and with QoS 1', () => {
    const { client, sent } = connected();
    client.publish('t', '', 0, 9);
    client.publish('t', new Uint8Array([1, 2]), 1, 0x0304);
    expect(sent()).toEqual(['3003000174', '3207000174' + '0304' + '0102']);
  });

  it('DISCONNECT, and nothing is heard any more', () => {
    const { client, sent, events, receive } = connected();
    client.disconnect();
    receive('40020001');
    expect(sent()).toEqual(['e000']);
    expect(events).toEqual([]);
  });
});

describe('what arrives', () => {
  it.each([0, 1, 2, 3, 4, 5, 6])('CONNACK %i', (code) => {
    const { events, receive } = harness();
    receive(`200200${code.toString(16).padStart(2, '0')}`);
    expect(events).toEqual([{ type: 'connack', code }]);
  });

  it('SUBACK, granted and refused', () => {
    const { events, receive } = connected();
    receive('9004000201' + '00', '9003000380');
    expect(events).toEqual([
      { type: 'suback', id: 2, refused: false },
      { type: 'suback', id: 3, refused: true },
    ]);
  });

  it('a message, and then its acknowledgement', () => {
    const { events, receive, sent } = connected();
    receive('3004000174' + '78', '3206000174' + '0005' + '79');
    expect(
      events.map((event) => event.type === 'message' && [event.topic, Buffer.from(event.payload).toString()]),
    ).toEqual([
      ['t', 'x'],
      ['t', 'y'],
    ]);
    expect(sent()).toEqual(['40020005']);
  });

  it('a message with QoS 2 takes four packets', () => {
    const { receive, sent } = connected();
    receive('3406000174' + '0005' + '79', '62020005', '50020006');
    expect(sent()).toEqual(['50020005', '70020005', '62020006']);
  });

  it('packets in any records: whole, in pieces, together', () => {
    const stream = bytes('3004000174' + '78' + '40020001' + '3206000174' + '0005' + '79' + 'd000' + '9003000201');
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length })), (cuts) => {
        const { client, events } = connected();
        const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
        for (const [i, from] of at.entries()) client.receive(stream.subarray(from, at[i + 1]));
        expect(events.map(({ type }) => type)).toEqual(['message', 'acknowledged', 'message', 'suback']);
      }),
      { seed: 1 },
    );
  });

  it.each([
    ['a length that does not end', '30ffffffffff'],
    ['a packet of more than 128 KiB', '3081800800'],
    ['a PUBLISH whose topic is longer than it', '3003000974'],
    ['an acknowledgement without an id', '4000'],
    ['a CONNACK of one byte', '200100'],
    ['a SUBACK with QoS 3', '9003000203'],
  ])('%s ends the connection', (_, record) => {
    const { events, receive } = connected();
    receive(record, '40020001');
    expect(events).toEqual([{ type: 'failed', reason: 'MALFORMED' }]);
  });

  // A remaining length of 131,068 and its header of four bytes are 128 KiB (MQTT 3.1.1 2.2.3).
  it.each([
    ['fcff07', []],
    ['fdff07', [{ type: 'failed', reason: 'MALFORMED' }]],
  ])('a packet of 128 KiB is the longest: %s', (length, expected) => {
    const { events, receive } = connected();
    receive(`30${length}000174`);
    expect(events).toEqual(expected);
  });

  it('a packet of 128 KiB is read', () => {
    const { client, events } = connected();
    const packet = new Uint8Array(128 * 1024);
    packet.set(bytes('30fcff07000174'));
    client.receive(packet.subarray(0, 100_000));
    expect(events).toEqual([]);
    client.receive(packet.subarray(100_000));
    expect(events).toEqual([{ type: 'message', topic: 't', payload: expect.objectContaining({ length: 131_065 }) }]);
  });

  // Four bytes of length may all have bit 7 set but the last; the fifth byte of the header must be there to tell.
  it.each([
    ['30ffffff', []],
    ['30ffffffff', [{ type: 'failed', reason: 'MALFORMED' }]],
  ])('a header of %s', (header, expected) => {
    const { events, receive } = connected();
    receive(header);
    expect(events).toEqual(expected);
  });

  it.each([
    ['QoS 0, 1 and 2', '900500020001' + '02', false],
    ['one filter of three refused', '900500020080' + '00', true],
  ])('SUBACK with %s', (_, record, refused) => {
    const { events, receive } = connected();
    receive(record);
    expect(events).toEqual([{ type: 'suback', id: 2, refused }]);
  });

  it('UNSUBACK, PUBCOMP and PINGRESP, and what a server does not send, are passed over', () => {
    const { events, receive, sent } = connected();
    receive('b0020002', '70020002', 'd000', 'c000', 'e000', '00', '00', 'f000');
    expect(events).toEqual([]);
    expect(sent()).toEqual([]);
  });

  it('nothing is acknowledged or read when the application closes with a message', () => {
    for (const qos of ['32', '34']) {
      const sent: string[] = [];
      const heard: string[] = [];
      const options = { clientId: 'dev', username: 'hub/dev', cleanSession: true, keepAliveSeconds: 0 };
      const client: UmqttClient = new UmqttClient(options, new ManualClock(), {
        send: (packet) => sent.push(Buffer.from(packet).toString('hex')),
        event: ({ type }) => {
          heard.push(type);
          client.close();
        },
      });
      client.connect();
      sent.length = 0;
      client.receive(bytes(`${qos}06000174000579 40020001`));
      client.receive(bytes('40020001'));
      expect([heard, sent]).toEqual([['message'], []]);
    }
  });

  it('nothing is read before CONNECT', () => {
    const events: UmqttEvent[] = [];
    const options = { clientId: 'dev', username: 'hub/dev', cleanSession: true, keepAliveSeconds: 0 };
    const client = new UmqttClient(options, new ManualClock(), { send: () => {}, event: (e) => events.push(e) });
    client.receive(bytes('20020000'));
    expect(events).toEqual([]);
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (records) => {
        const { client } = harness({ keepAliveSeconds: 240 });
        for (const record of records) client.receive(record);
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe('the keep-alive', () => {
  it('is a PINGREQ when nothing was sent for all of it', async () => {
    const { client, clock, sent, receive } = connected({ keepAliveSeconds: 240 });
    await clock.advance(239_000);
    client.publish('t', '', 0, 0);
    await clock.advance(239_999);
    expect(sent()).toEqual(['3003000174']);
    await clock.advance(1);
    expect(sent()).toEqual(['c000']);
    receive('d000');
    await clock.advance(240_000);
    expect(sent()).toEqual(['c000']);
  });

  it.each([
    [240, 81_000],
    [20, 11_000],
  ])('of %i s waits %i ms for PINGRESP', async (keepAliveSeconds, ms) => {
    const { clock, events } = connected({ keepAliveSeconds });
    await clock.advance(keepAliveSeconds * 1000 + Math.min(ms, keepAliveSeconds * 1000) - 1);
    expect(events).toEqual([]);
    await clock.advance(1);
    expect(events).toEqual([{ type: 'failed', reason: 'NO_PINGRESP' }]);
    expect(clock.nextAlarm).toBeUndefined();
  });

  // Half of it, 80 s at most, and the second that must be exceeded.
  it.each([
    [158, 80_000],
    [159, 80_000],
    [160, 81_000],
    [162, 81_000],
    [3, 2000],
  ])('of %i s gives up after %i ms and not before', async (keepAliveSeconds, ms) => {
    const { clock, events } = connected({ keepAliveSeconds });
    await clock.advance(keepAliveSeconds * 1000 + ms - 1);
    expect(events).toEqual([]);
    await clock.advance(1);
    expect(events).toEqual([{ type: 'failed', reason: 'NO_PINGRESP' }]);
  });

  it('begins with a CONNACK that accepts', async () => {
    for (const connack of ['', '20020005']) {
      const { clock, receive, sent } = harness({ keepAliveSeconds: 20 });
      sent();
      receive(connack);
      await clock.advance(100_000);
      expect(sent()).toEqual([]);
      expect(clock.nextAlarm).toBeUndefined();
    }
  });

  it.each(['close', 'disconnect'] as const)('ends with %s, while PINGRESP is awaited too', async (end) => {
    for (const after of [1000, 20_500]) {
      const { client, clock, events, sent } = connected({ keepAliveSeconds: 20 });
      await clock.advance(after);
      sent();
      client[end]();
      expect(clock.nextAlarm).toBeUndefined();
      await clock.advance(100_000);
      expect(sent()).toEqual(end === 'close' ? [] : ['e000']);
      expect(events).toEqual([]);
    }
  });

  it('is of no use after a malformed stream', async () => {
    const { clock, receive } = connected({ keepAliveSeconds: 20 });
    receive('30ffffffffff');
    expect(clock.nextAlarm).toBeUndefined();
  });

  it('takes PINGRESP for its answer, whatever else arrives', async () => {
    const { clock, events, receive } = connected({ keepAliveSeconds: 20 });
    await clock.advance(20_000);
    receive('3003000174', '40020001');
    events.length = 0;
    await clock.advance(11_000);
    expect(events).toEqual([{ type: 'failed', reason: 'NO_PINGRESP' }]);
  });

  it('of 0 sends none', async () => {
    const { clock, sent } = connected();
    await clock.advance(10_000_000);
    expect(sent()).toEqual([]);
  });
});

describe('packet ids', () => {
  it('count up from the one after the first, and begin again at 1 before 65535', () => {
    const ids = new PacketIds(0);
    expect([ids.last, ids.next(), ids.next(), ids.last]).toEqual([0, 1, 2, 2]);
    const late = new PacketIds(65_532);
    expect([late.next(), late.next(), late.next()]).toEqual([65_533, 65_534, 1]);
  });
});

it('Quirk: a message that is sent again is not marked as a duplicate', () => {
  const { client, sent } = connected();
  client.publish('t', 'x', 1, 3);
  client.publish('t', 'x', 1, 3);
  const [first, second] = sent();
  expect(first).toBe('3206000174' + '0003' + '78');
  expect(second).toBe(first);
});

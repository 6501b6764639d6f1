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

import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { EmuError } from '../../../emulator/errors.ts';
import { MqttClient, reconnectGap } from '../../../emulator/mqtt/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { esp32MqttsProfile } from '../../support/profiles.ts';
import { bytes, CONNACK, connected, harness, OPTIONS, publishPacket } from './harness.ts';

describe('connecting', () => {
  it('is done with CONNACK 0', () => {
    const { client, receive, events } = harness();
    client.transportUp();
    expect(client.connected).toBe(false);
    receive(CONNACK);
    expect(client.connected).toBe(true);
    expect(events()).toEqual([{ type: 'connected', sessionPresent: false }]);
  });

  it.each([1, 2, 3, 4, 5, 255])('is refused with code %i', (code) => {
    const { client, receive, events } = harness();
    client.transportUp();
    receive(`200200${code.toString(16).padStart(2, '0')}`);
    expect(events()).toEqual([
      { type: 'connackRefused', code },
      { type: 'disconnected', reason: 'CONNECTION_REFUSED' },
    ]);
    expect(client.connected).toBe(false);
  });

  it('takes one transport at a time', () => {
    const { client, sent } = harness();
    client.transportUp();
    sent();
    const refusal = expect.objectContaining({ code: 'EMU_E_MQTT_STATE', value: 'connecting' });
    expect(() => client.transportUp()).toThrow(refusal);
    expect(sent()).toEqual([]);
    client.transportDown();
    client.transportUp();
    expect(sent()).toHaveLength(1);
  });

  it('is over once, when the application takes the refusal for the end', () => {
    const events: string[] = [];
    const client: MqttClient = new MqttClient(
      'id',
      OPTIONS,
      { clock: new ManualClock(), rng: rootRng('refused') },
      {
        blocked: false,
        send: () => {},
        pause: () => {},
        resume: () => {},
        event(event) {
          events.push(event.type);
          if (event.type === 'connackRefused') client.transportDown();
        },
      },
    );
    client.transportUp();
    client.receive(bytes('20020005'));
    expect(events).toEqual(['connackRefused', 'disconnected']);
  });

  it('of the CONNACK only type and code are looked at', () => {
    const { client, receive, events } = harness();
    client.transportUp();
    receive('2f7fff00'); // wrong flags nibble, wrong length, reserved acknowledge flags
    expect(events()).toEqual([{ type: 'connected', sessionPresent: true }]);
  });

  it.each(['d000', '3000', '2002', '00', 'ff'])('fails when %s comes instead', (packet) => {
    const { client, receive, events } = harness();
    client.transportUp();
    receive(packet);
    expect(events()).toEqual([{ type: 'disconnected', reason: 'NOT_A_CONNACK' }]);
  });

  it('and what was read behind the CONNACK is lost', () => {
    const { client, receive, events, sent } = harness();
    client.transportUp();
    sent();
    receive(CONNACK + publishPacket('/t', 'x', 1, 7)); // 4 + 9 bytes, the read takes 26
    expect(events()).toEqual([
      { type: 'connected', sessionPresent: false },
      { type: 'dropped', packet: 'publish', topic: '/t' },
    ]);
    expect(sent()).toEqual([]);
  });

  it('reads no more than the CONNECT was long: the packet behind that arrives', () => {
    const { client, receive, events } = harness();
    client.transportUp();
    receive(CONNACK + publishPacket('/t', 'x'.repeat(16)) + publishPacket('/u', 'y')); // 4 + 22, and 7
    expect(events().map((event) => [event.type, 'topic' in event ? event.topic : ''])).toEqual([
      ['connected', ''],
      ['dropped', '/t'],
      ['message', '/u'],
    ]);
  });

  it('waits 10 s for the CONNACK', async () => {
    const { client, clock, events } = harness();
    client.transportUp();
    await clock.advance(9_999);
    expect(events()).toEqual([]);
    await clock.advance(1);
    expect(events()).toEqual([{ type: 'disconnected', reason: 'CONNACK_TIMEOUT' }]);
    expect(clock.nextAlarm).toBeUndefined();
  });

  it('takes one transport at a time', () => {
    const { client } = harness();
    client.transportUp();
    expect(() => client.transportUp()).toThrow(EmuError);
  });
});

describe('not connected', () => {
  it('a publish while it is not connected is refused, not queued', () => {
    const { client, sent, receive } = harness();
    expect(client.publish('t', 'x', 0)).toBe(-1);
    client.transportUp();
    sent();
    expect(client.publish('t', 'x', 1)).toBe(-1);
    expect(client.subscribe('t', 0)).toBe(-1);
    expect(client.unsubscribe('t')).toBe(-1);
    receive(CONNACK);
    expect(sent()).toEqual([]);
  });

  it('takes no notice of bytes', () => {
    const { receive, events, sent } = harness();
    receive(CONNACK);
    expect(events()).toEqual([]);
    expect(sent()).toEqual([]);
  });
});

describe('the end of a connection', () => {
  it('it never sends DISCONNECT', () => {
    const { client, sent, events, clock } = connected();
    client.transportDown();
    expect(sent()).toEqual([]);
    expect(events()).toEqual([{ type: 'disconnected', reason: 'TRANSPORT_LOST' }]);
    expect(clock.nextAlarm).toBeUndefined();
    client.transportDown();
    expect(events()).toEqual([]);
  });

  it('stops the reading of the record when the application closes within an event', () => {
    const it = connected();
    const { client } = it;
    it.receive(publishPacket('t', 'x'.repeat(1500)).slice(0, 2 * 1024)); // one piece of a message that has two
    expect(it.events()).toHaveLength(1);
    client.transportDown();
    it.receive('78'.repeat(400));
    expect(it.events()).toEqual([{ type: 'disconnected', reason: 'TRANSPORT_LOST' }]);
  });

  it('leaves the next connection nothing of the last', () => {
    const { client, receive, events, sent } = connected({ draws: [9] });
    client.subscribe('t', 0);
    receive(publishPacket('t', 'x'.repeat(1500)).slice(0, 2 * 1024));
    client.transportDown();
    client.transportUp();
    receive(CONNACK);
    sent();
    events();
    receive('9003000900'); // a SUBACK for what the last connection asked
    expect(events()).toEqual([]);
    receive(publishPacket('t', 'x'));
    expect(events()).toMatchObject([{ type: 'message', topic: 't', offset: 0 }]);
  });
});

describe('the reconnect gap', () => {
  it('is 15 s with the shipped profiles', () => {
    expect(reconnectGap(esp32MqttsProfile().mqtt.reconnect)).toBe(15_000);
  });

  it('the client looks whether waitMs have passed, then sleeps stepMs whatever the answer was', () => {
    expect(reconnectGap({ waitMs: 10_000, stepMs: 5000 })).toBe(15_000);
    expect(reconnectGap({ waitMs: 10_000, stepMs: 4000 })).toBe(16_000);
    expect(reconnectGap({ waitMs: 10_001, stepMs: 5000 })).toBe(20_000);
    expect(reconnectGap({ waitMs: 0, stepMs: 5000 })).toBe(5000);
  });
});

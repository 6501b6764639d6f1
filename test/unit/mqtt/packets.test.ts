import { describe, expect, it } from 'vitest';
import { clientIdFrom } from '../../../emulator/mqtt/index.ts';
import { esp32MqttsProfile } from '../../support/profiles.ts';
import { ascii, connected, harness } from './harness.ts';

const SAMPLE = '{"Temparature": "26.485141" , "Pressure": "1004.483107" , "Humidity": "53.987691"}';
const QOS0 = '2f746f7069632f716f7330'; // /topic/qos0
const QOS1 = '2f746f7069632f716f7331'; // /topic/qos1

describe('packets, byte by byte', () => {
  it('CONNECT: MQTT level 4, clean session alone, keep-alive 120 s, no user', () => {
    const { client, sent } = harness();
    client.transportUp();
    expect(sent()).toEqual(['1018' + '00044d515454' + '04' + '02' + '0078' + '000c45535033325f623445364131']);
  });

  it('CONNECT with a user name: flag 7, and the name behind the client id (MQTT 3.1.1 3.1.3)', () => {
    const { client, sent } = harness({ username: 'hub/dev' });
    client.transportUp();
    const name = '00076875622f646576';
    expect(sent()).toEqual([`1021${'00044d515454'}04${'82'}0078${'000c45535033325f623445364131'}${name}`]);
  });

  it('CONNECT of the shipped profile is the same', () => {
    const { mqtt } = esp32MqttsProfile();
    const { client, sent } = harness(mqtt);
    client.transportUp();
    expect(sent()).toEqual(['1018' + '00044d515454' + '04' + '02' + '0078' + '000c45535033325f623445364131']);
  });

  it('the script: SUBSCRIBE, SUBSCRIBE, UNSUBSCRIBE, each flags 2, each one packet', () => {
    const { client, sent } = connected({ draws: [0x1234, 0xfffe, 0x00010000] });
    expect(client.subscribe('/topic/qos0', 0)).toBe(0x1234);
    expect(client.subscribe('/topic/qos1', 1)).toBe(0xfffe);
    expect(client.unsubscribe('/topic/qos1')).toBe(1);
    expect(sent()).toEqual([`8210${'1234'}000b${QOS0}00`, `8210${'fffe'}000b${QOS1}01`, `a20f${'0001'}000b${QOS1}`]);
  });

  it('PUBLISH "data", 19 bytes', () => {
    const { client, sent } = connected();
    expect(client.publish('/topic/qos0', 'data', 0)).toBe(0);
    const [packet = ''] = sent();
    expect(packet).toBe(`3011000b${QOS0}64617461`);
    expect(packet).toHaveLength(2 * 19);
  });

  it('PUBLISH of the sample, 97 bytes, 82 of payload', () => {
    const { client, sent } = connected();
    client.publish('/topic/qos0', SAMPLE, 0);
    const [packet = ''] = sent();
    expect(SAMPLE).toHaveLength(82);
    expect(packet).toBe(`305f000b${QOS0}${ascii(SAMPLE)}`);
    expect(packet).toHaveLength(2 * 97);
  });

  it('PUBLISH of the sample on a topic of its own, 110 bytes', () => {
    const { client, sent } = connected();
    client.publish(esp32MqttsProfile().telemetry.topic.replace('{clientId}', client.clientId), SAMPLE, 0);
    const [packet = ''] = sent();
    expect(packet).toBe(`306c0018${QOS0}2f45535033325f623445364131${ascii(SAMPLE)}`);
    expect(packet).toHaveLength(2 * 110);
  });

  it('PUBLISH with QoS 1 and 2 carries its id', () => {
    const { client, sent } = connected({ draws: [0x0102, 0x0304] });
    expect(client.publish('t', 'x', 1)).toBe(0x0102);
    expect(client.publish('t', 'x', 2)).toBe(0x0304);
    expect(sent()).toEqual(['32060001' + '74' + '0102' + '78', '34060001' + '74' + '0304' + '78']);
  });
});

describe('packet ids are random, 32 bits modulo 65535, never 0', () => {
  it('draws again for 0', () => {
    const { client } = connected({ draws: [0, 65_535, 0xffffffff, 65_534] });
    expect(client.subscribe('t', 0)).toBe(65_534);
  });

  it('wraps at 65535', () => {
    const { client } = connected({ draws: [65_536] });
    expect(client.subscribe('t', 0)).toBe(1);
  });
});

describe('the output buffer of 1024 bytes', () => {
  // Three bytes are kept for the fixed header; a topic of one letter takes three more.
  it('takes 1018 bytes of payload', () => {
    const { client, sent } = connected();
    expect(client.publish('t', 'x'.repeat(1018), 0)).toBe(0);
    expect(sent()).toHaveLength(1);
  });

  it('refuses one more, and counts the three bytes for a short header too', () => {
    const { client, sent } = connected();
    expect(client.publish('t', 'x'.repeat(1019), 0)).toBe(-1);
    expect(sent()).toEqual([]);
    const small = connected({ bufferBytes: 64 });
    expect(small.client.publish('t', 'x'.repeat(58), 0)).toBe(0);
    expect(small.client.publish('t', 'x'.repeat(59), 0)).toBe(-1);
  });
});

describe('the client id', () => {
  it.each([
    [[0xb4, 0xe6, 0xa1], 'ESP32_b4E6A1'],
    [[0xab, 0xcd, 0xef], 'ESP32_abCDEF'],
    [[0x00, 0x0a, 0x0f], 'ESP32_000A0F'],
  ])('the format is %%02x%%02X%%02X: %j', (tail, id) => {
    expect(clientIdFrom(Uint8Array.from(tail), 'ESP32_')).toBe(id);
  });
});

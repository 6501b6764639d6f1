import { describe, expect, test } from 'vitest';
import { MqttConsole } from '../../../emulator/esp32/mqtt-console.ts';
import { SerialLog } from '../../../emulator/esp32/serial-log.ts';

/** What is printed of events, without the time since boot. */
function printed(...events: readonly object[]): string[] {
  const lines: string[] = [];
  const log = new SerialLog({ now: () => 0 }, (line) => lines.push(line.replace(' (0) ', ' ')));
  const console = new MqttConsole({ reconnectMs: 10_000, bufferBytes: 1024 }, log);
  for (const event of events) console.observe(event as never);
  return lines;
}
const client = (event: object) => ({ type: 'esp32.client', event });

// The words of esp_mqtt_connect and of the example's event handler (ESP-IDF 3.3).
test.each([
  [1, 'bad protocol'],
  [2, 'Unknow reason'],
  [3, 'server unavailable'],
  [4, 'bad username or password'],
  [5, 'not authorized'],
  [6, 'Unknow reason'],
])('CONNACK %i is refused as: %s', (code, words) => {
  expect(printed(client({ type: 'connackRefused', code }))).toEqual([`W MQTT_CLIENT: Connection refused, ${words}`]);
});

test.each([
  ['connected', 'I ECC608: MQTT_EVENT_CONNECTED'],
  ['subscribed', 'I ECC608: MQTT_EVENT_SUBSCRIBED, msg_id=7'],
  ['unsubscribed', 'I ECC608: MQTT_EVENT_UNSUBSCRIBED, msg_id=7'],
  ['published', 'I ECC608: MQTT_EVENT_PUBLISHED, msg_id=7'],
])('the handler prints that it is %s', (type, line) => {
  expect(printed(client({ type, id: 7, sessionPresent: false }))).toEqual([line]);
});

test.each([
  ['publish', 'write_timeout', 1, 0, 'Error to public data to topic=t, qos=1'],
  ['subscribe', 'no_connection', undefined, -1, 'Error to subscribe topic=t'],
  ['unsubscribe', 'no_connection', undefined, -1, 'Error to unsubscribe topic=t'],
])('a %s that was not written: %s', (request, failure, qos, length, words) => {
  expect(printed({ type: 'esp32.notWritten', request, topic: 't', qos, failure })).toEqual([
    `E MQTT_CLIENT: Error write data or timeout, written len = ${length}`,
    `E MQTT_CLIENT: ${words}`,
  ]);
});

describe('the end of a connection', () => {
  const END = ['I MQTT_CLIENT: Reconnect after 10000 ms', 'I ECC608: MQTT_EVENT_DISCONNECTED'];
  const established = { type: 'tlsEstablished' };
  const connect = 'I MQTT_CLIENT: Sending MQTT CONNECT message, type: 1, id: 0000';
  const lost = (code: string, step = 'mqtt', type = 'disconnected') => ({ type, failure: { step, code, message: '' } });
  const connected = [established, client({ type: 'connected', sessionPresent: false })];

  test.each([
    ['NO_PINGRESP', 'mqtt', ['No PING_RESP, disconnected']],
    [
      'WRITE_TIMEOUT',
      'mqtt',
      ['Error write data or timeout, written len = 0', 'Error sending ping', "Can't send ping, disconnected"],
    ],
    ['ECONNRESET', 'tcp', ['Read error or end of stream']],
    ['NO_PINGRESP', 'tcp', ['Read error or end of stream']],
    ['OTHER', 'mqtt', ['Read error or end of stream']],
  ])('%s of %s', (code, step, lines) => {
    expect(printed(...connected, lost(code, step)).slice(2)).toEqual([
      ...lines.map((line) => `E MQTT_CLIENT: ${line}`),
      ...END,
    ]);
  });

  test('before TLS, and again for the next connection', () => {
    const failed = lost('ECONNREFUSED', 'tcp', 'attemptFailed');
    const words = ['E MQTT_CLIENT: Error transport connect', ...END];
    expect(printed(failed)).toEqual(words);
    expect(printed(...connected, lost('X', 'tcp'), failed).slice(-3)).toEqual(words);
    expect(printed(...connected, { type: 'esp32.clientStarted' }, failed).slice(-3)).toEqual(words);
  });

  test.each([
    ['CONNACK_TIMEOUT', 'mqtt', ['E MQTT_CLIENT: Invalid MSG_TYPE response: 13, read_len: 0']],
    ['NOT_A_CONNACK', 'mqtt', ['E MQTT_CLIENT: Invalid MSG_TYPE response: 13, read_len: 2']],
    ['ECONNRESET', 'tcp', ['E MQTT_CLIENT: Error network response']],
    ['CONNACK_5', 'mqtt', []],
  ])('before the CONNACK: %s', (code, step, lines) => {
    const packet = { type: 'packet', direction: 'received', bytes: Uint8Array.of(0xd0, 0) };
    const sent = { type: 'packet', direction: 'sent', bytes: Uint8Array.of(0x10, 0, 0) };
    expect(printed(established, packet, sent, lost(code, step, 'attemptFailed'))).toEqual([
      connect,
      ...lines,
      'I MQTT_CLIENT: Error MQTT Connected',
      ...END,
    ]);
  });
});

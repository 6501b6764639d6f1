import { describe, expect, test } from 'vitest';
import { keepsAlive, requestsFit } from '../../../emulator/esp32/rules.ts';

/** What a rule complains of: where, and in which words. */
function complaints(check: (context: never) => void): [path: string, message: string][] {
  const found: [string, string][] = [];
  const addIssue = ({ path, message }: { path: PropertyKey[]; message: string }) =>
    found.push([path.join('.'), message]);
  check({ addIssue } as never);
  return found;
}

test.each([
  [120_000, 0],
  [120_001, 1],
])('a read of %i ms with a keep-alive of 120 s', (readPollMs, count) => {
  const found = complaints((context) => keepsAlive({ keepAliveSeconds: 120, readPollMs }, context));
  expect(found.map(([path]) => path)).toEqual(Array(count).fill('readPollMs'));
});

// esp_mqtt keeps three bytes for the fixed header; MQTT 3.1.1 3.3, 3.8, 3.10: a topic has two bytes of length, an id two,
// a filter of SUBSCRIBE one more for its QoS.
describe('a request that its buffer has room for', () => {
  const quiet = { topic: 't', qos: 0 as const, payload: '' };
  const check = (bufferBytes: number, parts: object) => {
    const whole = { mqtt: { bufferBytes }, script: { onConnected: [], onSubscribed: [] }, telemetry: quiet, ...parts };
    return complaints((context) => requestsFit(whole as never, 'client', context));
  };
  const publish = (qos: number) => ({ publish: { topic: 'topic', payload: 'payload', qos } });

  test.each([
    ['a PUBLISH', publish(0), 3 + 2 + 5 + 7, 'publish'],
    ['a PUBLISH with an id', publish(1), 3 + 2 + 5 + 2 + 7, 'publish'],
    ['a SUBSCRIBE', { subscribe: { topic: 'topic', qos: 2 } }, 3 + 2 + 2 + 5 + 1, 'subscribe'],
    ['an UNSUBSCRIBE', { unsubscribe: { topic: 'topic' } }, 3 + 2 + 2 + 5, 'unsubscribe'],
  ])('is %s', (_what, step, bytes, name) => {
    for (const [event, other] of [
      ['onConnected', 'onSubscribed'],
      ['onSubscribed', 'onConnected'],
    ] as const) {
      const script = { [event]: [{ unsubscribe: { topic: '' } }, step], [other]: [] };
      expect(check(bytes, { script })).toEqual([]);
      expect(check(bytes - 1, { script })).toEqual([
        [
          `script.${event}.1.${name}`,
          `its packet takes ${bytes} bytes of mqtt.bufferBytes (${bytes - 1}): it would never be sent`,
        ],
      ]);
    }
  });

  // 0.000000 three times.
  test('is the shortest sample', () => {
    const telemetry = { topic: 'topic', qos: 1, payload: '%f %f %f' };
    const bytes = 3 + 2 + 5 + 2 + 26;
    expect(check(bytes, { telemetry })).toEqual([]);
    expect(check(bytes - 1, { telemetry }).map(([path]) => path)).toEqual(['telemetry.payload']);
  });
});

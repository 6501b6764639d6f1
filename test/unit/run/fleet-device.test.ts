import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import type { FleetObserver } from '../../../src/metrics/index.ts';
import { EchoQueue } from '../../../src/run/echo-queue.ts';
import { FleetDevice } from '../../../src/run/fleet-device.ts';

const OWN = '/topic/qos0/ESP32_b4E6A1';

/** Notes every call as `name arguments`. */
function observer(): { metrics: FleetObserver; lines: string[] } {
  const lines: string[] = [];
  const metrics = new Proxy({} as FleetObserver, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        void lines.push([String(name), ...args].join(' ')),
  });
  return { metrics, lines };
}

/** Device 7, which should have arrived at 100 ms and did at 130. */
function device(ownTopic: string | undefined = OWN) {
  const clock = new ManualClock({ start: 130 });
  const { metrics, lines } = observer();
  return { clock, lines, events: new FleetDevice(7, 100, ownTopic, { clock, metrics }) };
}

describe('what a device tells', () => {
  it('is measured step by step, with its number', () => {
    const { events, lines } = device();
    events.observe({ type: 'tcpConnected', ms: 1.5 });
    events.observe({ type: 'tlsEstablished', ms: 20 });
    events.observe({ type: 'connected', ms: 3 });
    events.observe({
      type: 'attemptFailed',
      failure: { step: 'tcp', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:8883' },
    });
    events.observe({ type: 'disconnected', failure: { step: 'mqtt', code: 'NO_PINGRESP', message: 'NO_PINGRESP' } });
    expect(lines).toEqual([
      'tcpConnected 7 1.5',
      'tlsEstablished 7 20',
      'connected 7 3',
      'attemptFailed 7 tcp.ECONNREFUSED connect ECONNREFUSED 127.0.0.1:8883',
      'disconnected 7 mqtt.NO_PINGRESP NO_PINGRESP',
    ]);
  });

  it('is counted from the registration to its record', () => {
    const { events, lines } = device();
    events.observe({ type: 'provisioningBegan' });
    events.observe({ type: 'provisioningStep', step: 'connect', ms: 12 });
    events.observe({ type: 'provisioningAnswer', status: 429 });
    events.observe({ type: 'provisioningRetried', status: 429 });
    events.observe({ type: 'provisioningAnswer', status: 202 });
    events.observe({ type: 'provisioningStep', step: 'register', ms: 3 });
    events.observe({ type: 'assigned', hub: 'hub-1.azure-devices.test' });
    events.observe({ type: 'provisioned', hub: 'hub-1.azure-devices.test' });
    events.observe({ type: 'provisioningSkipped', hub: 'hub-1.azure-devices.test' });
    expect(lines.filter((line) => !line.startsWith('registering'))).toEqual([
      'provisioning began',
      'provisioningStep connect 12',
      'provisioningAnswer 429',
      'provisioningRetried 429',
      'provisioningAnswer 202',
      'provisioningStep register 3',
      'assigned hub-1.azure-devices.test',
      'provisioning registered',
      'provisioning skipped',
    ]);
  });

  it('registers at a DPS: let in, then by the status of each answer', () => {
    const { events, lines } = device();
    events.observe({ type: 'provisioningBegan' });
    events.observe({ type: 'provisioningStep', step: 'connect', ms: 12 });
    events.observe({ type: 'provisioningAnswer', status: 429 });
    events.observe({ type: 'provisioningAnswer', status: 202 });
    events.observe({ type: 'provisioningStep', step: 'register', ms: 3 });
    const registering = lines.filter((line) => line.startsWith('registering'));
    expect(registering).toEqual(['registering 7 0', 'registering 7 429', 'registering 7 202']);
  });

  it('measures the first telemetry once, from the scheduled arrival', async () => {
    const { clock, events, lines } = device();
    events.observe({ type: 'messageSent', topic: OWN, kind: 'script' });
    await clock.advance(40);
    events.observe({ type: 'messageSent', topic: OWN, kind: 'telemetry' });
    await clock.advance(10_040);
    events.observe({ type: 'connected', ms: 1 });
    events.observe({ type: 'messageSent', topic: OWN, kind: 'telemetry' });
    expect(lines.filter((line) => line.startsWith('firstTelemetry'))).toEqual(['firstTelemetry 70']);
    expect(lines.filter((line) => line.startsWith('messageSent'))).toHaveLength(3);
  });

  it('measures echoes first in, first out', async () => {
    const { clock, events, lines } = device();
    events.observe({ type: 'messageSent', topic: OWN, kind: 'script' });
    await clock.advance(5);
    events.observe({ type: 'messageSent', topic: OWN, kind: 'telemetry' });
    await clock.advance(10);
    events.observe({ type: 'messageReceived', topic: OWN });
    await clock.advance(1);
    events.observe({ type: 'messageReceived', topic: OWN });
    events.observe({ type: 'messageReceived', topic: OWN });
    expect(lines.filter((line) => line.startsWith('echo'))).toEqual(['echo 15', 'echo 11']);
    expect(lines.filter((line) => line === 'messageReceived')).toHaveLength(3);
  });

  it('takes a dropped echo from the queue without measuring it', async () => {
    const { clock, events, lines } = device();
    events.observe({ type: 'messageSent', topic: OWN, kind: 'script' });
    await clock.advance(3);
    events.observe({ type: 'messageSent', topic: OWN, kind: 'script' });
    await clock.advance(4);
    events.observe({ type: 'messageDropped', topic: OWN });
    events.observe({ type: 'messageReceived', topic: OWN });
    expect(lines.filter((line) => line.startsWith('echo'))).toEqual(['echo 4']);
    expect(lines.filter((line) => line === 'messageReceived')).toHaveLength(1);
  });

  it('forgets at a reconnect what was out: it never comes back', async () => {
    const { clock, events, lines } = device();
    events.observe({ type: 'connected', ms: 1 });
    events.observe({ type: 'messageSent', topic: OWN, kind: 'telemetry' });
    await clock.advance(15_000);
    events.observe({ type: 'connected', ms: 1 });
    events.observe({ type: 'messageSent', topic: OWN, kind: 'script' });
    await clock.advance(2);
    events.observe({ type: 'messageReceived', topic: OWN });
    expect(lines.filter((line) => line.startsWith('echo'))).toEqual(['echo 2']);
  });

  it('accounts for what is due, refused and missed', () => {
    const { events, lines } = device();
    events.observe({ type: 'messageDue', kind: 'script', lateMs: 0 });
    events.observe({ type: 'messageNotSent', kind: 'script', reason: 'too_large' });
    events.observe({ type: 'messagesMissed', kind: 'telemetry', reason: 'generator_late', count: 7 });
    expect(lines).toEqual([
      'messagesDue script 1',
      'messagesNotSent script too_large 1',
      'messagesDue telemetry 7',
      'messagesNotSent telemetry generator_late 7',
    ]);
  });

  it('measures no echo on a topic that is not its own', async () => {
    for (const ownTopic of [OWN, undefined]) {
      const { events, lines } = device(ownTopic);
      events.observe({ type: 'messageSent', topic: '/topic/qos0', kind: 'telemetry' });
      events.observe({ type: 'messageReceived', topic: '/topic/qos0' });
      events.observe({ type: 'messageDropped', topic: '/topic/qos0' });
      expect(lines).toEqual(['messageSent telemetry', 'firstTelemetry 30', 'messageReceived', 'messageOverlooked']);
    }
  });

  it('does not let a message on another topic pass for an echo', async () => {
    const { clock, events, lines } = device();
    events.observe({ type: 'messageSent', topic: OWN, kind: 'script' });
    await clock.advance(6);
    events.observe({ type: 'messageReceived', topic: '/topic/qos0/ESP32_000000' });
    events.observe({ type: 'messageDropped', topic: '/topic/qos0/ESP32_000000' });
    await clock.advance(6);
    events.observe({ type: 'messageReceived', topic: OWN });
    expect(lines.filter((line) => line.startsWith('echo'))).toEqual(['echo 12']);
  });
});

it('what a connection had not sent when it ended is not told to the probe as sent on the next', () => {
  const ended = { step: 'tls', code: 'EMU_E_TLS_TRUNCATED', message: 'cut' } as const;
  for (const type of ['disconnected', 'attemptFailed'] as const) {
    const told: number[][] = [];
    const probe = { add: (packet: Uint8Array) => told.push([...packet]) };
    const { metrics } = observer();
    const events = new FleetDevice(7, 100, OWN, { clock: new ManualClock(), metrics, probe });
    // PUBLISH at QoS 0, topic `t`, one byte [MQTT-3.3].
    const publish = (byte: number) => Uint8Array.of(0x30, 0x04, 0x00, 0x01, 0x74, byte);
    events.observe({ type: 'packet', direction: 'sent', bytes: publish(1) });
    events.observe({ type, failure: ended });
    events.observe({ type: 'packet', direction: 'sent', bytes: publish(2) });
    events.observe({ type: 'messageSent', topic: OWN, kind: 'telemetry' });
    expect(told).toEqual([[...publish(2)]]);
  }
});

describe('the queue of echoes', () => {
  it('answers in the order of sending, and nothing when nothing is out', () => {
    const queue = new EchoQueue();
    expect(queue.returned(5)).toBeUndefined();
    queue.sent(10);
    queue.sent(20);
    expect(queue.returned(25)).toBe(15);
    queue.sent(30);
    expect(queue.returned(32)).toBe(12);
    expect(queue.returned(33)).toBe(3);
    expect(queue.returned(34)).toBeUndefined();
  });

  it('is empty after it is emptied', () => {
    const queue = new EchoQueue();
    queue.sent(1);
    queue.sent(2);
    queue.empty();
    expect(queue.returned(3)).toBeUndefined();
    queue.sent(4);
    expect(queue.returned(5)).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import {
  AzureBench,
  azureProfile,
  HUB,
  obedientHub,
  provisionedBench,
  topicOfPublish,
} from '../../../support/azure-twin.ts';
import type { BrokerConnection } from '../../../support/memory-broker.ts';
import { publishPacket } from '../../mqtt/harness.ts';

const SERIAL = '0123ffac64afdf56ee';
const profile = azureProfile('azure-dps-2026', {
  sdk: {
    clientVersion: '1.15.0',
    networkTimeoutMs: 10_000,
    backoff: { initialMs: 1000, maxMs: 4000, jitterPercent: 0 },
  },
});
const { memory } = await provisionedBench({ profile });

/** A device that has its record, at its hub for the telemetry. */
async function atHub(setUp: ConstructorParameters<typeof AzureBench>[0] = {}, ms = 1000): Promise<AzureBench> {
  const bench = new AzureBench({ profile, memory: memory.slice(), ...setUp });
  bench.twin.boot();
  await bench.clock.advance(ms);
  return bench;
}

/** Topic and payload of the PUBLISHes with QoS 0. */
function published({ packets }: BrokerConnection): [topic: string, payload: string][] {
  return packets.flatMap((packet): [string, string][] => {
    const topic = topicOfPublish(packet);
    if (topic === undefined || !packet.startsWith('30')) return [];
    const text = Buffer.from(packet, 'hex').toString();
    return [[topic, text.slice(text.indexOf(topic) + topic.length)]];
  });
}

describe('a device twin', () => {
  it('is asked for once the subscriptions are granted, and reported as it is desired', async () => {
    const bench = await atHub();
    expect(published(bench.hub.last)).toEqual([['$iothub/twin/GET/?$rid=3', '']]);
    const twin = { desired: { interval: 50, led: { on: true }, $version: 4 }, reported: { $version: 1 } };
    bench.hub.last.send(publishPacket('$iothub/twin/res/200/?$rid=3', JSON.stringify(twin)));
    await bench.clock.advance(10);
    expect(published(bench.hub.last).at(-1)).toEqual([
      '$iothub/twin/PATCH/properties/reported/?$rid=5',
      '{"interval":50,"led":{"on":true},"clientVersion":"1.15.0"}',
    ]);
    bench.hub.last.send(publishPacket('$iothub/twin/res/204/?$rid=5&$version=2', ''));
    bench.hub.last.send(
      publishPacket('$iothub/twin/PATCH/properties/desired/?$version=5', '{"led":null,"$version":5}'),
    );
    await bench.clock.advance(10);
    expect(published(bench.hub.last).slice(2)).toEqual([
      ['$iothub/twin/PATCH/properties/reported/?$rid=6', '{"led":null}'],
    ]);
    expect(bench.of('messageReceived')).toHaveLength(3);
  });

  it.each([
    ['another request', '$iothub/twin/res/200/?$rid=9', '{"desired":{"a":1}}'],
    ['a refusal', '$iothub/twin/res/429/?$rid=3', '{"desired":{"a":1}}'],
    ['no JSON', '$iothub/twin/PATCH/properties/desired/?$version=5', '{"a":'],
    ['no object', '$iothub/twin/PATCH/properties/desired/?$version=5', '[1]'],
    ['no property', '$iothub/twin/PATCH/properties/desired/?$version=5', '{"$version":5}'],
    ['a message to the device', `devices/${SERIAL}/messages/devicebound/x`, 'hello'],
    ['an unknown topic', '$iothub/twin/res/200/', '{}'],
  ])('takes no notice of %s', async (_, topic, payload) => {
    const bench = await atHub();
    bench.hub.last.send(publishPacket(topic, payload));
    await bench.clock.advance(10);
    expect(published(bench.hub.last)).toHaveLength(1);
    expect(bench.failures).toEqual([]);
  });
});

describe('direct methods', () => {
  it('return what they were called with', async () => {
    const bench = await atHub();
    bench.hub.last.send(publishPacket('$iothub/methods/POST/reboot/?$rid=1f', '{"delay":5}'));
    bench.hub.last.send(publishPacket('$iothub/methods/POST/ping/?$rid=a1b2-c3', ''));
    await bench.clock.advance(10);
    expect(published(bench.hub.last).slice(1)).toEqual([
      ['$iothub/methods/res/200/?$rid=1f', '{"delay":5}'],
      ['$iothub/methods/res/200/?$rid=a1b2-c3', ''],
    ]);
  });

  it('with a request id that is no part of a topic are not answered', async () => {
    const bench = await atHub();
    bench.hub.last.send(publishPacket('$iothub/methods/POST/reboot/?$rid=#', '{}'));
    await bench.clock.advance(10);
    expect(published(bench.hub.last)).toHaveLength(1);
  });
});

describe('telemetry', () => {
  it('has QoS 1 and counts as sent when the system has it', async () => {
    const bench = await atHub({}, 101_000);
    const ids = bench.hub.last.records
      .filter(({ packet }) => packet.startsWith('32'))
      .map(({ at, packet }) => [at, packet.slice(94, 98)]);
    expect(ids).toEqual([
      [40, '0004'],
      [50_080, '0005'],
      [100_120, '0006'],
    ]);
    expect([bench.of('messageDue').length, bench.of('messageSent').length]).toEqual([3, 3]);
  });

  it('before the first connection, and without one, is lost', async () => {
    const bench = await atHub({ hub: { tcp: 'refuse' }, intervalMs: 1000 }, 3500);
    bench.hub.script = { answer: obedientHub };
    await bench.clock.advance(5000);
    bench.hub.last.hangUp();
    await bench.clock.advance(900);
    const reasons = bench.of('messageNotSent').map(({ reason }) => reason);
    expect(new Set(reasons)).toEqual(new Set(['before_first_connack', 'no_connection']));
    expect(bench.of('messageDue')).toHaveLength(bench.of('messageSent').length + reasons.length);
  });

  it('stands still while the hub does not read, for the network time-out at most', async () => {
    const bench = await atHub({ intervalMs: 1000 }, 1500);
    bench.hub.last.stopTaking();
    await bench.clock.advance(12_000);
    const lost = bench.of('messageNotSent', 'messagesMissed').map(({ reason }) => reason);
    expect(lost).toContain('write_timeout');
    expect(lost).toContain('broker_stalled');
    bench.hub.last.takeAgain();
    await bench.clock.advance(2000);
    expect(bench.of('messageSent').length).toBeGreaterThan(2);
  });

  it('that is never acknowledged costs the connection', async () => {
    const bench = await atHub(
      {
        hub: {
          answer: (packet, connection) => {
            if (!packet.startsWith('32')) obedientHub(packet, connection);
          },
        },
      },
      125_000,
    );
    expect(bench.failures).toEqual(['disconnected mqtt.NO_PUBACK']);
    expect(bench.hub.dials).toEqual([0, 123_040]);
  });
});

describe('a connection that is lost', () => {
  it('is made again after 1 s, then twice as long each time, 4 s at most; and again 1 s after a good one', async () => {
    const bench = await atHub();
    bench.hub.script = { tcp: 'refuse' };
    bench.hub.last.closeNotify();
    await bench.clock.advance(20_000);
    expect(bench.hub.dials).toEqual([0, 2000, 4000, 8000, 12_000, 16_000, 20_000]);
    bench.hub.script = { answer: obedientHub };
    await bench.clock.advance(5000);
    bench.hub.last.reset();
    await bench.clock.advance(2000);
    expect(bench.hub.dials.slice(-2)).toEqual([24_000, 27_000]);
    expect(bench.of('connected')).toHaveLength(3);
    expect(bench.failures.slice(0, 2)).toEqual(['disconnected tls.CLOSE_NOTIFY', 'attemptFailed tcp.ECONNREFUSED']);
  });

  it.each([
    ['refused', (_: string, connection: BrokerConnection) => connection.send('20020005'), 'mqtt.CONNACK_5'],
    ['not answered', () => {}, 'mqtt.CONNACK_TIMEOUT'],
  ])('is made again after it was %s', async (_, answer, cause) => {
    const bench = await atHub({ hub: { answer } }, 35_000);
    expect(bench.failures[0]).toBe(`attemptFailed ${cause}`);
    expect(bench.hub.connections.length).toBeGreaterThan(1);
  });

  it('waits up to a half longer by chance, so that a fleet does not come back in step', async () => {
    const gaps = [];
    for (const device of [0, 1, 2, 3]) {
      const bench = new AzureBench({ profile: azureProfile('azure-dps-2026'), device, dps: { tcp: 'refuse' } });
      bench.twin.boot();
      await bench.clock.advance(1600);
      bench.twin.stop();
      gaps.push(bench.dps.dials[1] ?? 0);
    }
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1000);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(1500);
    expect(new Set(gaps).size).toBe(4);
  });

  it('is lost when PINGRESP does not come', async () => {
    const bench = await atHub(
      {
        intervalMs: 1_000_000,
        hub: {
          answer: (packet, connection) => {
            if (packet !== 'c000') obedientHub(packet, connection);
          },
        },
      },
      330_000,
    );
    expect(bench.hub.connections[0]?.packets.at(-1)).toBe('c000');
    expect(bench.failures).toEqual(['disconnected mqtt.NO_PINGRESP']);
  });
});

it('Quirk: the telemetry of a hub is one connection; the one before it was its trial', async () => {
  const bench = await provisionedBench({ profile });
  expect(bench.dials).toEqual(['dps.test:8883', `${HUB}:8883`, `${HUB}:8883`]);
});

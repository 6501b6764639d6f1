import { describe, expect, it } from 'vitest';
import {
  ASSIGNING,
  AzureBench,
  assignedTo,
  dpsWith,
  HUB,
  obedientHub,
  provisionedBench,
  serverAnswer,
  topicOfPublish,
} from '../../../support/azure-twin.ts';
import type { BrokerConnection, BrokerScript } from '../../../support/memory-broker.ts';

const SERIAL = '0123ffac64afdf56ee';

/** A hub whose first connection is answered otherwise than the ones after it. */
function firstly(answer: (packet: string, connection: BrokerConnection) => void): BrokerScript {
  let first: BrokerConnection | undefined;
  return {
    answer: (packet, connection) => {
      first ??= connection;
      (connection === first ? answer : obedientHub)(packet, connection);
    },
  };
}

/** Times of the QoS 1 messages of the trial, with their packet ids. */
function messages({ hub }: AzureBench): string[] {
  return (hub.connections[0]?.records ?? []).flatMap(({ at, packet }) =>
    topicOfPublish(packet) === undefined ? [] : [`${at} ${packet.slice(94, 98)} ${packet.slice(0, 2)}`],
  );
}

describe('the trial of a hub', () => {
  it('subscribes and sends without waiting for SUBACK, the second message 3 s after the first', async () => {
    const bench = await provisionedBench({
      hub: firstly((packet, connection) => {
        if (!packet.startsWith('82')) obedientHub(packet, connection);
      }),
    });
    expect(messages(bench)).toEqual(['700 0003 32', '3700 0004 32']);
    expect(bench.hub.connections[0]?.records.map(({ at }) => at)).toEqual([700, 700, 700, 3700, 3700]);
    expect(bench.lines).toContain('6200 provisioningStep hub 3000');
    expect(bench.failures).toEqual([]);
  });

  it('counts its messages: what was due is sent', async () => {
    const bench = await provisionedBench();
    const kinds = (type: 'messageDue' | 'messageSent') => bench.of(type).map(({ kind }) => kind);
    // Two of the trial, and "data" for the telemetry's SUBACK.
    expect(kinds('messageDue')).toEqual(['script', 'script', 'script', 'telemetry']);
    expect(kinds('messageSent')).toEqual(['script', 'script', 'script', 'telemetry']);
    expect(bench.of('messageNotSent')).toEqual([]);
  });

  it('leaves with DISCONNECT, and closes 2.5 s later', async () => {
    const bench = new AzureBench();
    bench.twin.boot();
    await bench.clock.advance(6199);
    expect([bench.hub.last.packets.at(-1), bench.hub.last.state]).toEqual(['e000', 'open']);
    await bench.clock.advance(1);
    expect(bench.hub.connections[0]?.state).toBe('ended');
  });

  it('ends with any message of the hub, which is acknowledged before DISCONNECT', async () => {
    const bench = await provisionedBench({
      hub: firstly((packet, connection) => {
        obedientHub(packet, connection);
        if (packet.startsWith('82')) connection.send('3206000174' + '0007' + '78');
      }),
    });
    const packets = bench.hub.connections[0]?.packets ?? [];
    expect(packets.slice(3)).toEqual(['40020007', 'e000']);
    expect(messages(bench)).toEqual(['700 0003 32']);
    expect(bench.of('messageReceived')).toEqual([{ type: 'messageReceived', topic: 't' }]);
    expect(bench.of('provisioned')).toHaveLength(1);
  });

  it('is at the device id that the DPS gave; the record has the serial number', async () => {
    const dps = dpsWith(ASSIGNING, assignedTo(HUB, 'pump-17'));
    const bench = await provisionedBench({ dps });
    const connect = Buffer.from(bench.hub.connections[0]?.packets[0] ?? '', 'hex').toString('latin1');
    expect(connect).toContain(`${HUB}/pump-17/?api-version`);
    const telemetry = Buffer.from(bench.hub.connections[1]?.packets[0] ?? '', 'hex').toString('latin1');
    expect(telemetry).toContain(`${HUB}/${SERIAL}/?api-version`);
  });
});

describe('a message that is not acknowledged', () => {
  const silent = firstly((packet, connection) => {
    if (!packet.startsWith('32')) connection.send(serverAnswer(packet) ?? '');
  });

  it('Quirk: is sent again after 61 s, with its id and without the flag DUP; then the trial is given up', async () => {
    const bench = new AzureBench({ hub: silent });
    bench.twin.boot();
    await bench.clock.advance(130_000);
    expect(messages(bench)).toEqual(['700 0003 32', '3700 0004 32', '61700 0003 32', '64700 0004 32']);
    expect(bench.failures).toEqual(['attemptFailed mqtt.NO_PUBACK']);
    expect(bench.of('attemptFailed').length + bench.of('provisioned').length).toBe(2);
    // It counts as one message each.
    expect(bench.of('messageSent').filter(({ kind }) => kind === 'script')).toHaveLength(3);
  });
});

describe('Quirk: the record is written whatever came of the trial', () => {
  const connack = (code: number) =>
    firstly((_, connection) => {
      connection.send(`2002000${code}`);
    });
  it.each<[string, BrokerScript, string, number]>([
    ['the hub refuses the connection', { tcp: 'refuse' }, 'tcp.ECONNREFUSED', 800],
    ['the hub does not accept it', { tcp: 'silent' }, 'tcp.TIMEOUT', 10_800],
    ['CONNACK 5', connack(5), 'mqtt.CONNACK_5', 800],
    ['no CONNACK', firstly(() => {}), 'mqtt.CONNACK_TIMEOUT', 30_800],
    ['closed after CONNACK', firstly((_, connection) => connection.closeNotify()), 'mqtt.CLOSE_NOTIFY', 800],
  ])('%s', async (_, hub, cause, ms) => {
    const bench = new AzureBench({ hub });
    bench.twin.boot();
    await bench.clock.advance(ms);
    const [type, code = ''] = bench.failures[0]?.split(' ') ?? [];
    expect([type, code.replace('tls.CLOSE_NOTIFY', 'mqtt.CLOSE_NOTIFY')]).toEqual(['attemptFailed', cause]);
    expect(bench.of('provisioned')).toEqual([{ type: 'provisioned', hub: HUB }]);
    expect(bench.of('provisioningStep').map(({ step }) => step)).toEqual(['connect', 'register', 'assign', 'record']);
  });

  it('and the telemetry comes back by its own policy', async () => {
    const bench = new AzureBench({ hub: { tcp: 'refuse' } });
    bench.twin.boot();
    await bench.clock.advance(10_000);
    bench.hub.script = { answer: obedientHub };
    await bench.clock.advance(60_000);
    // The trial, then the telemetry, and 15 s later again.
    expect(bench.hub.dials).toEqual([700, 700, 15_700]);
    expect(bench.of('connected')).toHaveLength(1);
    expect(bench.failures).toEqual(['attemptFailed tcp.ECONNREFUSED', 'attemptFailed tcp.ECONNREFUSED']);
  });
});

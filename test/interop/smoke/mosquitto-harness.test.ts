import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Ca, createCa, type Identity } from '../../support/certificates.ts';
import { requireProgram } from '../../support/interop.ts';
import { type Mosquitto, startMosquitto } from '../../support/mosquitto.ts';
import { readMosquittoLog } from '../../support/mosquitto-log.ts';

const path = requireProgram('mosquitto', ['-h']);

describe.skipIf(path === undefined)('the mosquitto that other tests use', () => {
  let servers: Ca;
  let clients: Ca;
  let broker: Mosquitto;

  beforeAll(async () => {
    servers = await createCa({ commonName: 'servers' });
    clients = await createCa({ commonName: 'clients' });
    const server = await servers.issue({ commonName: 'localhost', dnsNames: ['localhost'] });
    broker = await startMosquitto({ path: path ?? '', clientCas: clients.certificate, server });
  });

  afterAll(() => broker?.stop());

  function client(identity: Identity, clientId: string): Promise<MqttClient> {
    const { certificate: cert, key } = identity;
    const url = `mqtts://localhost:${broker.port}`;
    return connectAsync(url, { clientId, ca: servers.certificate, cert, key, reconnectPeriod: 0 }, false);
  }

  test('logs a client with its id and the CN of its certificate', async () => {
    const known = await client(await clients.issue({ commonName: 'device-7' }), 'seven');
    await known.endAsync();
    const connects = [{ at: expect.any(Number), username: 'device-7', keepalive: 60 }];
    expect(readMosquittoLog(broker.log()).get('seven')).toEqual({ id: 'seven', connects, requests: [] });
  });

  test('logs what a client subscribes, unsubscribes and publishes', async () => {
    const busy = await client(await clients.issue({ commonName: 'device-6' }), 'six');
    await busy.subscribeAsync('/a', { qos: 0 });
    await busy.subscribeAsync('/b', { qos: 1 });
    await busy.unsubscribeAsync('/b');
    await busy.publishAsync('/a', 'data', { qos: 1 });
    await busy.endAsync();
    const requests = ['SUB /a qos0', 'SUB /b qos1', 'UNSUB /b', 'PUB /a qos1 4'];
    expect(readMosquittoLog(broker.log()).get('six')?.requests).toEqual(requests);
  });

  test('refuses a client whose root it does not know', async () => {
    const stranger = await createCa({ commonName: 'strangers' });
    const identity = await stranger.issue({ commonName: 'device-8' });
    await expect(client(identity, 'eight')).rejects.toThrow(/unknown ca/);
    await vi.waitFor(() => expect(broker.log()).toMatch(/certificate verify failed/));
    expect(readMosquittoLog(broker.log()).has('eight')).toBe(false);
  });

  test('comes back on the same port after a kill', async () => {
    const { port } = broker;
    await broker.kill9();
    await broker.restart();
    const again = await client(await clients.issue({ commonName: 'device-9' }), 'nine');
    await again.endAsync();
    expect(broker.port).toBe(port);
    expect(readMosquittoLog(broker.log()).get('nine')?.connects).toHaveLength(1);
  });
});

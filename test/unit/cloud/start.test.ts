import { connectAsync, type IClientPublishOptions, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningCloud, startCloud } from '../../../src/cloud/index.ts';
import { type Ca, createCa, type Identity } from '../../support/certificates.ts';

const HUB = 'hub-1.azure-devices.test';
const ID = '0123e6a1c2d3b4a5ee';

let servers: Ca;
let fleet: Ca;
let device: Identity;
let cloud: RunningCloud;

beforeAll(async () => {
  servers = await createCa({ commonName: 'servers' });
  fleet = await createCa({ commonName: 'fleet root' });
  const server = await servers.issue({ commonName: 'cloud', dnsNames: ['localhost', HUB], addresses: ['127.0.0.1'] });
  device = await fleet.issue({ commonName: ID });
  cloud = await startCloud({
    idScope: '0ne00000000',
    hubs: [HUB],
    allocation: 'hashed',
    hosts: [],
    server: { certificatePem: server.certificate, keyPem: server.key },
    enrollmentCas: [{ certificatePem: fleet.certificate, verified: true }],
  });
});

afterAll(() => cloud?.stop());

function mqtt(port: number, identity: Identity, username: string, clientId = ID): Promise<MqttClient> {
  const { certificate: cert, key } = identity;
  const tls = { host: cloud.host, port, ca: servers.certificate, cert, key };
  return connectAsync({ protocol: 'mqtts', ...tls, clientId, username, reconnectPeriod: 0 } as never);
}

async function ask(client: MqttClient, topic: string, options: IClientPublishOptions = {}) {
  const answer = new Promise<[string, Buffer]>((resolve) => {
    client.once('message', (topic, body) => resolve([topic, body]));
  });
  await client.publishAsync(topic, '', options);
  const [answerTopic, body] = await answer;
  return { topic: answerTopic, body: JSON.parse(String(body)) };
}

test('a device of an enrolled group registers and is let into its hub', async () => {
  const user = `0ne00000000/registrations/${ID}/api-version=2018-09-01-preview&ClientVersion=1.2.14`;
  const dps = await mqtt(cloud.dpsPort, device, user);
  await dps.subscribeAsync('$dps/registrations/res/#', { qos: 1 });
  const began = await ask(dps, '$dps/registrations/PUT/iotdps-register/?$rid=1');
  expect(began.topic).toBe('$dps/registrations/res/202/?$rid=1&retry-after=3');
  const { operationId } = began.body;
  const done = await ask(dps, `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=${operationId}`);
  expect(done.topic).toBe('$dps/registrations/res/200/?$rid=2');
  expect(done.body).toMatchObject({ status: 'assigned', registrationState: { assignedHub: HUB, deviceId: ID } });
  await dps.endAsync();

  const hub = await mqtt(cloud.hubPort, device, `${HUB}/${ID}/?api-version=2018-06-30`);
  await hub.subscribeAsync(`devices/${ID}/messages/devicebound/#`, { qos: 1 });
  await hub.publishAsync(`devices/${ID}/messages/events/`, '{ "message_index" : "0" }', { qos: 1 });
  await hub.endAsync();
});

import { once } from 'node:events';
import { type AddressInfo, createServer, connect as tcpConnect } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { connectAsync, type MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type CloudOptions, type RunningCloud, startCloud } from '../../../src/cloud/index.ts';
import { type Ca, createCa, type Identity } from '../../support/certificates.ts';

const HUB = 'hub-1.azure-devices.test';
const SCOPE = '0ne00000000';
const ID = '0123e6a1c2d3b4a5ee';

let servers: Ca;
let server: Identity;
let fleet: Ca;
let device: Identity;
let stranger: Identity;
let cloud: RunningCloud;

beforeAll(async () => {
  servers = await createCa({ commonName: 'servers' });
  fleet = await createCa({ commonName: 'fleet root' });
  server = await servers.issue({ commonName: 'cloud', dnsNames: ['localhost', HUB], addresses: ['127.0.0.1'] });
  device = await fleet.issue({ commonName: ID });
  stranger = await (await createCa({ commonName: 'strangers' })).issue({ commonName: ID });
  cloud = await startCloud(options({ api: true }));
});

afterAll(() => cloud?.stop());

function options(more: Partial<CloudOptions> = {}): CloudOptions {
  return {
    ...{ idScope: SCOPE, hubs: [HUB], allocation: 'hashed', hosts: [] },
    server: { certificatePem: server.certificate, keyPem: server.key },
    enrollmentCas: [{ certificatePem: fleet.certificate, verified: true }],
    ...more,
  };
}

function tlsOptions(port: number, identity?: Identity): ConnectionOptions {
  const own = identity && { cert: identity.certificate, key: identity.key };
  return { host: cloud.host, port, ca: servers.certificate, servername: HUB, ...own };
}

function mqtt(port: number, identity: Identity, username: string): Promise<MqttClient> {
  const tls = tlsOptions(port, identity);
  return connectAsync({ protocol: 'mqtts', ...tls, clientId: ID, username, reconnectPeriod: 0 } as never);
}

const dpsUser = `${SCOPE}/registrations/${ID}/api-version=2018-09-01-preview&ClientVersion=1.2.14`;
const hubUser = `${HUB}/${ID}/?api-version=2018-06-30`;

async function ask(client: MqttClient, topic: string) {
  const answer = new Promise<[string, Buffer]>((resolve) => {
    client.once('message', (topic, body) => resolve([topic, body]));
  });
  await client.publishAsync(topic, '');
  const [answerTopic, body] = await answer;
  return { topic: answerTopic, body: JSON.parse(String(body)) };
}

async function atDps(identity: Identity): Promise<MqttClient> {
  const dps = await mqtt(cloud.dpsPort, identity, dpsUser);
  await dps.subscribeAsync('$dps/registrations/res/#', { qos: 1 });
  return dps;
}

/** Whether a hub lets a client in as far as MQTT: what is refused in TLS never gets a CONNACK. */
async function inTls(identity: Identity | undefined, tls: ConnectionOptions = {}): Promise<boolean> {
  const socket = tlsConnect({ ...tlsOptions(cloud.hubPort, identity), ...tls });
  const packet = generate({ cmd: 'connect', clientId: 'nobody', username: 'nobody', clean: true });
  const answered = new Promise<boolean>((resolve) => {
    socket.on('secureConnect', () => socket.write(packet));
    socket.on('data', () => resolve(true));
    for (const end of ['error', 'end', 'close']) socket.on(end, () => resolve(false));
  });
  const result = await answered;
  socket.destroy();
  return result;
}

test('a device of an enrolled group registers and is let into its hub', async () => {
  const dps = await atDps(device);
  const began = await ask(dps, '$dps/registrations/PUT/iotdps-register/?$rid=1');
  expect(began.topic).toBe('$dps/registrations/res/202/?$rid=1&retry-after=3');
  const { operationId } = began.body;
  const done = await ask(dps, `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId=${operationId}`);
  expect(done.topic).toBe('$dps/registrations/res/200/?$rid=2');
  expect(done.body).toMatchObject({ status: 'assigned', registrationState: { assignedHub: HUB, deviceId: ID } });
  await dps.endAsync();

  const hub = await mqtt(cloud.hubPort, device, hubUser);
  await hub.subscribeAsync(`devices/${ID}/messages/devicebound/#`, { qos: 1 });
  await hub.publishAsync(`devices/${ID}/messages/events/`, '{ "message_index" : "0" }', { qos: 1 });
  await hub.endAsync();
});

describe('a stranger', () => {
  test('is let in by the DPS, and answered 401', async () => {
    const dps = await atDps(stranger);
    const { topic, body } = await ask(dps, '$dps/registrations/PUT/iotdps-register/?$rid=1');
    expect(topic).toBe('$dps/registrations/res/401/?$rid=1');
    expect(body).toMatchObject({ errorCode: 401_002 });
    await dps.endAsync();
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is refused by a hub in %s, as is a client without a certificate',
    async (version) => {
      const tls = { minVersion: version, maxVersion: version };
      expect(await inTls(device, tls)).toBe(true);
      expect(await inTls(stranger, tls)).toBe(false);
      expect(await inTls(undefined, tls)).toBe(false);
    },
  );

  test('is let in by a hub that knows the thumbprint', async () => {
    const { port, token } = cloud.api as { port: number; token: string };
    const url = `http://127.0.0.1:${port}/hubs/${HUB}/devices/by-hand`;
    const headers = { authorization: `Bearer ${token}` };
    const other = await (await createCa({ commonName: 'others' })).issue({ commonName: 'by-hand' });
    expect(await inTls(other)).toBe(false);
    expect((await fetch(url, { method: 'PUT', headers, body: other.certificate })).status).toBe(200);
    expect(await inTls(other)).toBe(true);
    expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(204);
    expect(await inTls(other)).toBe(false);
  });
});

test('a client that comes back shows its whole chain again: no session is resumed', async () => {
  let session: Buffer | undefined;
  for (let times = 0; times < 2; times++) {
    const socket: TLSSocket = tlsConnect({ ...tlsOptions(cloud.hubPort, device), maxVersion: 'TLSv1.2', session });
    await once(socket, 'secureConnect');
    expect(socket.isSessionReused()).toBe(false);
    session = socket.getSession();
    socket.destroy();
  }
});

test('every MQTT packet is one TLS record', async () => {
  const fromCloud: Buffer[] = [];
  const tap = createServer((client) => {
    const upstream = tcpConnect({ host: cloud.host, port: cloud.dpsPort });
    client.pipe(upstream).pipe(client);
    upstream.on('data', (chunk: Buffer) => fromCloud.push(chunk));
    for (const socket of [client, upstream]) socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void tap.close());
  await once(tap, 'listening');
  const { port } = tap.address() as AddressInfo;
  const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256';
  const socket = tlsConnect({ ...tlsOptions(port, device), maxVersion: 'TLSv1.2', ciphers });
  onTestFinished(() => void socket.destroy());
  let received = 0;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  await once(socket, 'secureConnect');
  socket.write(
    Buffer.concat([
      generate({ cmd: 'connect', clientId: ID, username: dpsUser, clean: true }),
      generate({
        cmd: 'subscribe',
        messageId: 1,
        subscriptions: [{ topic: '$dps/registrations/res/#', qos: 0 }],
      }),
      generate({ cmd: 'pingreq' }),
      generate({ cmd: 'pingreq' }),
    ]),
  );
  await vi.waitFor(() => expect(received).toBe(4 + 5 + 2 + 2), { timeout: 5000 });
  // AES-GCM adds an explicit nonce of 8 bytes and a tag of 16 (RFC 5288 3).
  expect(applicationRecords(Buffer.concat(fromCloud))).toEqual([4, 5, 2, 2].map((length) => length + 24));
});

/** The lengths of the TLS records of application data in `bytes` (RFC 5246 6.2.1). */
function applicationRecords(bytes: Buffer): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) {
    if (bytes[at] === 23) lengths.push(bytes.readUInt16BE(at + 3));
  }
  return lengths;
}

describe('a cloud that cannot start says why', () => {
  test('a key that is none', async () => {
    const broken = options({ server: { certificatePem: server.certificate, keyPem: 'no key' } });
    await expect(startCloud(broken)).rejects.toMatchObject({
      code: 'EMU_E_CLOUD',
      message: expect.stringMatching(/^the embedded cloud did not start: .+/),
    });
  });

  test('a port that is taken', async () => {
    await expect(startCloud(options({ ports: { hub: cloud.dpsPort } }))).rejects.toMatchObject({
      code: 'EMU_E_CLOUD_PORT',
      value: cloud.dpsPort,
    });
  });

  test('a CA that is none', async () => {
    const broken = options({ enrollmentCas: [{ certificatePem: device.certificate, verified: true }] });
    await expect(startCloud(broken)).rejects.toMatchObject({
      message: 'the embedded cloud did not start: this is not the certificate of a CA',
    });
  });
});

test('stop() closes the ports and is no death', async () => {
  const own = await startCloud(options());
  const died = vi.fn();
  own.died.then(died);
  await own.stop();
  await expect(refused(own.dpsPort)).resolves.toBe('ECONNREFUSED');
  await expect(refused(own.hubPort)).resolves.toBe('ECONNREFUSED');
  expect(died).not.toHaveBeenCalled();
});

test('a cloud that is killed says so', async () => {
  const own = await startCloud(options());
  process.kill(own.pid as number, 'SIGKILL');
  await expect(own.died).resolves.toMatchObject({
    code: 'EMU_E_CLOUD',
    message: 'the embedded cloud died: killed by SIGKILL',
  });
});

/** The error code of a TCP connection that is not accepted. */
async function refused(port: number): Promise<string | undefined> {
  const socket = tcpConnect({ host: '127.0.0.1', port });
  return new Promise<string | undefined>((resolve) => {
    socket.once('connect', () => resolve(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  }).finally(() => socket.destroy());
}

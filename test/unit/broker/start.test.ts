import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as tcpConnect } from 'node:net';
import { createInterface } from 'node:readline';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { connectAsync, type MqttClient } from 'mqtt';
import { generate, type Packet } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type EmbeddedBroker, startBroker } from '../../../src/broker/index.ts';
import { type Ca, createCa, type Identity } from '../../support/certificates.ts';

let root: Ca;
let server: Identity;
let device: Identity;
let embedded: EmbeddedBroker;

beforeAll(async () => {
  root = await createCa({ commonName: 'fleet root' });
  server = await root.issue({ commonName: 'broker', addresses: ['127.0.0.1'] });
  device = await root.issue({ commonName: 'device' });
  embedded = await startBroker(credentials());
});

afterAll(() => embedded?.stop());

function credentials() {
  return { serverCertificatePem: server.certificate, serverKeyPem: server.key, clientCaPem: root.certificate };
}

function tlsOptions(identity: Identity | undefined): ConnectionOptions {
  return {
    host: embedded.host,
    port: embedded.port,
    ca: root.certificate,
    ...(identity && { cert: identity.certificate, key: identity.key }),
    maxVersion: 'TLSv1.2',
  };
}

async function mqtt(clientId: string): Promise<MqttClient> {
  const { host, port, ...tls } = tlsOptions(device);
  return connectAsync({ protocol: 'mqtts', host, port, ...tls, clientId, reconnectPeriod: 0 } as never);
}

async function tls(identity: Identity | undefined): Promise<TLSSocket> {
  const socket = tlsConnect(tlsOptions(identity));
  await once(socket, 'secureConnect');
  return socket;
}

interface Tapped {
  readonly socket: TLSSocket;
  /** Everything that `socket` has received until now. */
  received(): Buffer;
  /** Everything that the broker has sent until now, encrypted. */
  fromBroker(): Buffer;
}

/** A connected MQTT client whose connection goes through a listener that keeps what the broker sends. */
async function tapped(): Promise<Tapped> {
  const fromBroker: Buffer[] = [];
  const tap = createServer((client) => {
    const broker = tcpConnect({ host: embedded.host, port: embedded.port });
    client.pipe(broker).pipe(client);
    broker.on('data', (chunk: Buffer) => fromBroker.push(chunk));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void tap.close());
  await once(tap, 'listening');

  const { port } = tap.address() as AddressInfo;
  const socket = tlsConnect({ ...tlsOptions(device), port, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' });
  onTestFinished(() => void socket.destroy());
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  await once(socket, 'secureConnect');
  socket.write(generate(CONNECT));
  await vi.waitFor(() => expect(Buffer.concat(received)).toHaveLength(4), { timeout: 5000 });
  return { socket, received: () => Buffer.concat(received), fromBroker: () => Buffer.concat(fromBroker) };
}

/** The lengths of the TLS records of application data in `bytes` (RFC 5246 6.2.1). */
function applicationRecords(bytes: Buffer): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) {
    if (bytes[at] === 23) lengths.push(bytes.readUInt16BE(at + 3));
  }
  return lengths;
}

const CONNECT: Packet = { cmd: 'connect', protocolId: 'MQTT', clientId: 'raw', clean: true, keepalive: 120 };
const PUBLISH = { cmd: 'publish', topic: 't', qos: 0, dup: false, retain: false } as const;

describe('the embedded broker', () => {
  test('carries messages between ordinary clients with certificates of the fleet', async () => {
    const [listener, speaker] = await Promise.all([mqtt('listener'), mqtt('speaker')]);
    await listener.subscribeAsync('a/+', { qos: 1 });
    const arrival = new Promise<[string, string]>((resolve) => {
      listener.once('message', (topic, payload) => resolve([topic, String(payload)]));
    });
    await speaker.publishAsync('a/b', 'hello', { qos: 1 });
    expect(await arrival).toEqual(['a/b', 'hello']);
    await Promise.all([listener.endAsync(), speaker.endAsync()]);
  });

  test('refuses a stranger in TLS', async () => {
    const strangers = await createCa({ commonName: 'strangers' });
    const stranger = await strangers.issue({ commonName: 'device' });
    await expect(tls(stranger)).rejects.toThrow();
  });

  test('refuses a client without a certificate in TLS', async () => {
    await expect(tls(undefined)).rejects.toThrow();
  });

  test('sends every MQTT packet as one TLS record', async () => {
    const { socket, received, fromBroker } = await tapped();
    socket.write(
      Buffer.concat([
        generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'q0', qos: 0 }] }),
        generate({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: 'q1', qos: 1 }] }),
        generate({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['q1'] }),
      ]),
    );
    await vi.waitFor(() => expect(received()).toHaveLength(4 + 5 + 5 + 4), { timeout: 5000 });
    expect(received().toString('hex')).toBe('20020000' + '9003000100' + '9003000201' + 'b0020003');
    // AES-GCM adds an explicit nonce of 8 bytes and a tag of 16 (RFC 5288 3).
    expect(applicationRecords(fromBroker())).toEqual([4, 5, 5, 4].map((length) => length + 24));
  });

  test('sends a burst of messages to one client as one record each, in order', async () => {
    const { socket, received, fromBroker } = await tapped();
    const burst = Array.from({ length: 50 }, (_, i) => generate({ ...PUBLISH, payload: `message ${i + 10}` }));
    socket.write(
      Buffer.concat([generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 't', qos: 0 }] }), ...burst]),
    );
    const length = 4 + 5 + Buffer.concat(burst).length;
    await vi.waitFor(() => expect(received()).toHaveLength(length), { timeout: 5000 });
    expect(received().subarray(9)).toEqual(Buffer.concat(burst));
    expect(applicationRecords(fromBroker())).toHaveLength(1 + 1 + 50);
  });
});

test('a broker that cannot start says why', async () => {
  await expect(startBroker({ ...credentials(), serverKeyPem: 'no key' })).rejects.toMatchObject({
    code: 'EMU_E_CLOUD',
    message: expect.stringMatching(/^the embedded broker did not start: .+/),
  });
});

test('stop() closes the port and is no death', async () => {
  const [own, other] = await Promise.all([startBroker(credentials()), startBroker(credentials())]);
  const died = vi.fn();
  own.died.then(died);
  await own.stop();
  await expect(refused(own)).resolves.toBe('ECONNREFUSED');
  // When a later death is known, this one would be too.
  process.kill(other.pid as number, 'SIGKILL');
  await other.died;
  expect(died).not.toHaveBeenCalled();
});

// A signal to all processes of the program: the parent still has to end its run.
test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s to the broker alone does not end it', async (signal) => {
  process.kill(embedded.pid as number, signal);
  // The process can do nothing more before the signal has had its effect.
  const client = await mqtt('after the signal');
  await client.publishAsync('a', 'b', { qos: 1 });
  await client.endAsync();
});

test('a broker that is killed says so', async () => {
  const own = await startBroker(credentials());
  process.kill(own.pid as number, 'SIGKILL');
  await expect(own.died).resolves.toMatchObject({
    code: 'EMU_E_CLOUD',
    message: 'the embedded broker died: killed by SIGKILL',
  });
});

/** Starts the broker, says its port. */
const PARENT = `
  const { startBroker } = await import(process.argv[1]);
  const embedded = await startBroker(JSON.parse(process.argv[2]));
  console.log(embedded.port);
  setInterval(() => {}, 1000);`;
const MODULE = new URL('../../../dist/src/broker/index.js', import.meta.url).href;

test('a parent that is killed takes its broker with it', async () => {
  const line = ['--input-type=module', '-e', PARENT, MODULE, JSON.stringify(credentials())];
  const parent = spawn(process.execPath, line, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(createInterface(parent.stdout), 'line');
  const address = { host: '127.0.0.1', port: Number(port) };
  expect(await refused(address)).toBeUndefined();
  parent.kill('SIGKILL');
  await vi.waitFor(async () => expect(await refused(address)).toBe('ECONNREFUSED'), { timeout: 5000 });
});

/** The error code of a TCP connection that is not accepted. */
async function refused({ host, port }: { host: string; port: number }): Promise<string | undefined> {
  const socket = tcpConnect({ host, port });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  }).finally(() => socket.destroy()) as Promise<string | undefined>;
}

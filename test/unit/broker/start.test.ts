import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as tcpConnect } from 'node:net';
import { createInterface } from 'node:readline';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { connectAsync, type MqttClient } from 'mqtt';
import { generate, type Packet } from 'mqtt-packet';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
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

/** Everything that `socket` receives, as it grows. */
function received(socket: TLSSocket): { bytes: Buffer } {
  const all = { bytes: Buffer.alloc(0) };
  socket.on('data', (chunk: Buffer) => {
    all.bytes = Buffer.concat([all.bytes, chunk]);
  });
  return all;
}

/** A TCP connection to the broker through a listener that keeps what the broker sent. */
async function tapped(): Promise<{ port: number; fromBroker: Buffer[]; close(): void }> {
  const fromBroker: Buffer[] = [];
  const tap = createServer((client) => {
    const broker = tcpConnect({ host: embedded.host, port: embedded.port });
    client.pipe(broker).pipe(client);
    broker.on('data', (chunk: Buffer) => fromBroker.push(chunk));
  }).listen(0, '127.0.0.1');
  await once(tap, 'listening');
  return { port: (tap.address() as AddressInfo).port, fromBroker, close: () => tap.close() };
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
    const tap = await tapped();
    const socket = tlsConnect({ ...tlsOptions(device), port: tap.port, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' });
    const all = received(socket);
    await once(socket, 'secureConnect');
    socket.write(generate(CONNECT));
    await vi.waitFor(() => expect(all.bytes).toHaveLength(4), { timeout: 5000 });
    socket.write(
      Buffer.concat([
        generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'q0', qos: 0 }] }),
        generate({ cmd: 'subscribe', messageId: 2, subscriptions: [{ topic: 'q1', qos: 1 }] }),
        generate({ cmd: 'unsubscribe', messageId: 3, unsubscriptions: ['q1'] }),
      ]),
    );
    await vi.waitFor(() => expect(all.bytes).toHaveLength(4 + 5 + 5 + 4), { timeout: 5000 });
    expect(all.bytes.toString('hex')).toBe('20020000' + '9003000100' + '9003000201' + 'b0020003');
    // AES-GCM adds an explicit nonce of 8 bytes and a tag of 16 (RFC 5288 3).
    expect(applicationRecords(Buffer.concat(tap.fromBroker))).toEqual([4, 5, 5, 4].map((length) => length + 24));
    socket.destroy();
    tap.close();
  });

  test('sends a burst of messages to one client as one record each, in order', async () => {
    const tap = await tapped();
    const socket = tlsConnect({ ...tlsOptions(device), port: tap.port, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' });
    const all = received(socket);
    await once(socket, 'secureConnect');
    socket.write(generate(CONNECT));
    await vi.waitFor(() => expect(all.bytes).toHaveLength(4), { timeout: 5000 });
    const burst = Array.from({ length: 50 }, (_, i) => generate({ ...PUBLISH, payload: `message ${i + 10}` }));
    socket.write(
      Buffer.concat([generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 't', qos: 0 }] }), ...burst]),
    );
    const length = 4 + 5 + Buffer.concat(burst).length;
    await vi.waitFor(() => expect(all.bytes).toHaveLength(length), { timeout: 5000 });
    expect(all.bytes.subarray(9)).toEqual(Buffer.concat(burst));
    expect(applicationRecords(Buffer.concat(tap.fromBroker))).toHaveLength(1 + 1 + 50);
    socket.destroy();
    tap.close();
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

describe('a parent in a process of its own', () => {
  /** Starts the broker, says its port, and says so when it dies. */
  const PARENT = `
    const { startBroker } = await import(process.argv[1]);
    const embedded = await startBroker(JSON.parse(process.argv[2]));
    embedded.died.then(({ code, message }) => console.log(code + ' ' + message));
    console.log(embedded.port);
    setInterval(() => {}, 1000);`;
  const module = new URL('../../../dist/src/broker/index.js', import.meta.url).href;

  async function startParent() {
    const parent = spawn(
      process.execPath,
      ['--input-type=module', '-e', PARENT, module, JSON.stringify(credentials())],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const lines = createInterface(parent.stdout);
    const [port] = await once(lines, 'line');
    return { parent, lines, address: { host: '127.0.0.1', port: Number(port) } };
  }

  test('takes the broker with it when it is killed', async () => {
    const { parent, address } = await startParent();
    expect(await refused(address)).toBeUndefined();
    parent.kill('SIGKILL');
    await vi.waitFor(async () => expect(await refused(address)).toBe('ECONNREFUSED'), { timeout: 5000 });
  });

  test('hears of the death of its broker', async () => {
    const { parent, lines } = await startParent();
    const [child] = spawnSync('pgrep', ['-P', String(parent.pid)], { encoding: 'utf8' }).stdout.split('\n');
    const said = once(lines, 'line');
    process.kill(Number(child), 'SIGKILL');
    expect((await said)[0]).toBe('EMU_E_CLOUD the embedded broker died: killed by SIGKILL');
    parent.kill('SIGKILL');
  });
});

/** The error code of a TCP connection that is not accepted. */
async function refused({ host, port }: { host: string; port: number }): Promise<string | undefined> {
  const socket = tcpConnect({ host, port });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  }).finally(() => socket.destroy()) as Promise<string | undefined>;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectTls, type TlsDuplex, type TlsInfo } from '../../../emulator/tls/index.ts';
import { type Ca, createCa, type Identity, type KeyType } from '../../support/certificates.ts';
import { freePort } from '../../support/free-port.ts';
import { requireProgram } from '../../support/interop.ts';
import { clientOptions, mbedtls, strict } from '../../support/tls-client.ts';

const suites = {
  'P-256': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'RSA-2048': 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
} as const;
const keyTypes = Object.keys(suites) as KeyType[];
const names = { commonName: 'broker', dnsNames: ['broker.test'], addresses: ['127.0.0.1'] };

let ca: Ca;
let stranger: Ca;
let device: Identity;
let outsider: Identity;
const servers = {} as Record<KeyType, Identity>;
let directory: string;

beforeAll(async () => {
  [ca, stranger] = await Promise.all([createCa({ commonName: 'root' }), createCa({ commonName: 'stranger' })]);
  device = await ca.issue({ commonName: 'device 1' });
  outsider = await stranger.issue({ commonName: 'device 1' });
  directory = mkdtempSync(join(tmpdir(), 'twinfleet-tls-'));
  writeFileSync(join(directory, 'ca.pem'), ca.certificate);
  for (const type of keyTypes) {
    servers[type] = await ca.issue({ ...names, keyType: type });
    writeFileSync(join(directory, `${type}.pem`), servers[type].certificate);
    writeFileSync(join(directory, `${type}.key`), servers[type].key);
  }
});

afterAll(() => rmSync(directory, { recursive: true }));

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Connection {
  readonly stream: TlsDuplex;
  readonly info: TlsInfo;
  /** The first byte of each write of the client's: the type of its record. */
  readonly recordTypes: readonly number[];
  readonly errors: readonly Error[];
}

const ALERT = 21;

async function open(
  port: number,
  policy = mbedtls,
  identity = device,
  serverName = 'broker.test',
): Promise<Connection> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const recordTypes: number[] = [];
  const write = socket.write.bind(socket);
  socket.write = (bytes: Uint8Array | string) => {
    recordTypes.push((bytes as Uint8Array)[0] as number);
    return write(bytes);
  };
  const stream = connectTls(socket, clientOptions({ ca: ca.certificate, device: identity, policy, serverName }));
  closers.push(() => stream.destroy());
  // A refusal that comes after the handshake is over must not be left without a listener.
  const errors: Error[] = [];
  stream.on('error', (error) => errors.push(error));
  const [info] = (await once(stream, 'secure')) as [TlsInfo];
  return { stream, info, recordTypes, errors };
}

/** Reads until `length` bytes have come. */
function read(stream: TlsDuplex, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let got = 0;
    stream.on('error', reject);
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      got += chunk.length;
      if (got >= length) resolve(Buffer.concat(chunks));
    });
  });
}

function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 255));
}

describe('node:tls', () => {
  async function serve(options: tls.TlsOptions): Promise<{ port: number; server: tls.Server }> {
    const server = tls.createServer({ maxVersion: 'TLSv1.2', ...options });
    server.on('secureConnection', (socket) => socket.on('error', () => {}).pipe(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    return { port: (server.address() as AddressInfo).port, server };
  }

  it.each(keyTypes)('completes a handshake with an %s server, with and without a client certificate', async (type) => {
    const { certificate: cert, key } = servers[type];
    for (const requestCert of [false, true]) {
      const { port, server } = await serve({
        cert,
        key,
        ca: ca.certificate,
        requestCert,
        rejectUnauthorized: requestCert,
      });
      const peers: unknown[] = [];
      server.on('secureConnection', (socket: tls.TLSSocket & { servername?: string }) => {
        peers.push([socket.getPeerCertificate().subject?.CN, socket.servername]);
      });
      for (const policy of [mbedtls, strict]) {
        const { stream, info } = await open(port, policy);
        expect(info).toMatchObject({ suite: suites[type], certificateSent: requestCert, extendedMasterSecret: true });
        // An answer proves that the server has seen the client's Finished too.
        const answer = read(stream, 4);
        stream.write('ping');
        expect((await answer).toString()).toBe('ping');
        stream.end();
      }
      const peer = [requestCert ? 'device 1' : undefined, 'broker.test'];
      expect(peers).toEqual([peer, peer]);
    }
  });

  it('echoes a megabyte each way in records that the firmware can take', async () => {
    const server = tls.createServer({ ...nodeIdentity(), maxVersion: 'TLSv1.2' }, (socket) => {
      socket.setMaxSendFragment(8192);
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    const { stream } = await open((server.address() as AddressInfo).port);
    const sent = pattern(1_000_000);
    const got = read(stream, sent.length);
    stream.write(sent);
    expect(Buffer.compare(await got, sent)).toBe(0);
  });

  it('ends with close_notify both ways, whoever begins', async () => {
    const { port, server } = await serve(nodeIdentity());
    const accepted = once(server, 'secureConnection') as Promise<[tls.TLSSocket]>;
    const first = await open(port);
    const [socket] = await accepted;
    const [ended, firstClosed] = [once(socket, 'end'), once(first.stream, 'close')];
    first.stream.resume().end();
    await Promise.all([ended, firstClosed]);
    expect(first.recordTypes.at(-1)).toBe(ALERT);
    expect(first.errors).toEqual([]);
    const again = once(server, 'secureConnection') as Promise<[tls.TLSSocket]>;
    const second = await open(port);
    const [other] = await again;
    const closed = once(second.stream, 'end');
    second.stream.resume();
    expect(second.recordTypes).not.toContain(ALERT);
    other.end();
    await closed;
    // An end without close_notify would be an error, and would get no answer.
    expect(second.recordTypes.at(-1)).toBe(ALERT);
    expect(second.errors).toEqual([]);
  });

  it('is reached by address: the iPAddress entry matches', async () => {
    const { port } = await serve(nodeIdentity());
    const { info } = await open(port, mbedtls, device, '127.0.0.1');
    expect(info.suite).toBe(suites['P-256']);
  });

  it('sees the alert of a client that refuses it', async () => {
    const { certificate: cert, key } = await stranger.issue(names);
    const { port, server } = await serve({ cert, key });
    const failure = once(server, 'tlsClientError') as Promise<[NodeJS.ErrnoException]>;
    await expect(open(port)).rejects.toMatchObject({ code: 'EMU_E_TLS_UNKNOWN_CA' });
    expect((await failure)[0].code).toBe('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA');
  });

  it('refuses a client whose certificate another root signed', async () => {
    const { port } = await serve({
      ...nodeIdentity(),
      ca: ca.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    });
    // Node looks at the verdict when the handshake is over, and hangs up instead of its last flight.
    await expect(open(port, mbedtls, outsider)).rejects.toMatchObject({
      code: expect.stringMatching(/^EMU_E_TLS_CLOSED_AT_/),
    });
  });

  it('with nothing in common answers handshake_failure', async () => {
    const { port } = await serve({ ...nodeIdentity(), ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' });
    await expect(open(port)).rejects.toMatchObject({
      code: 'EMU_E_TLS_ALERT',
      value: { state: 'server_hello', alert: 'handshake_failure', code: 40, direction: 'received' },
    });
  });

  function nodeIdentity(): tls.TlsOptions {
    return { cert: servers['P-256'].certificate, key: servers['P-256'].key };
  }
});

/** Starts a server program and waits until it accepts. */
async function start(path: string, port: number, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdout.resume();
  child.stderr.resume();
  closers.push(() => child.kill());
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const up = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    });
    socket.destroy();
    if (up) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${path} ${args.join(' ')} does not accept connections`);
}

const openssl = requireProgram('openssl', ['version']);
describe.skipIf(openssl === undefined)('openssl s_server', () => {
  it.each(keyTypes)('completes mutual handshakes with an %s key and answers over them', async (type) => {
    const port = await freePort();
    const file = (name: string) => join(directory, name);
    const identity = ['-cert', file(`${type}.pem`), '-key', file(`${type}.key`), '-CAfile', file('ca.pem')];
    const mutual = ['-Verify', '2', '-verify_return_error'];
    await start(openssl as string, port, ['s_server', '-accept', `${port}`, '-tls1_2', '-rev', ...identity, ...mutual]);
    for (const policy of [mbedtls, strict]) {
      const { stream, info } = await open(port, policy);
      expect(info).toMatchObject({ suite: suites[type], certificateSent: true, extendedMasterSecret: true });
      const answer = read(stream, 6);
      stream.write('hello\n');
      expect((await answer).toString()).toBe('olleh\n');
      stream.destroy();
    }
    await expect(open(port, mbedtls, outsider)).rejects.toMatchObject({
      code: 'EMU_E_TLS_ALERT',
      value: expect.objectContaining({ direction: 'received', state: 'new_session_ticket' }),
    });
  });
});

const gnutls = requireProgram('gnutls-serv', ['--version']);
describe.skipIf(gnutls === undefined)('gnutls-serv', () => {
  it.each(keyTypes)('completes mutual handshakes with an %s key and echoes over them', async (type) => {
    const port = await freePort();
    const file = (name: string) => join(directory, name);
    const identity = ['--x509certfile', file(`${type}.pem`), '--x509keyfile', file(`${type}.key`)];
    const mutual = ['--x509cafile', file('ca.pem'), '--require-client-cert', '--verify-client-cert'];
    const priority = ['--priority', 'NORMAL:-VERS-ALL:+VERS-TLS1.2'];
    await start(gnutls as string, port, ['--echo', '--port', `${port}`, ...priority, ...identity, ...mutual]);
    for (const policy of [mbedtls, strict]) {
      const { stream, info } = await open(port, policy);
      expect(info).toMatchObject({ suite: suites[type], certificateSent: true });
      // gnutls-serv echoes lines.
      const line = `${'x'.repeat(4000)}\n`;
      const got = read(stream, line.length);
      stream.write(line);
      expect((await got).toString()).toBe(line);
      stream.destroy();
    }
  });
});

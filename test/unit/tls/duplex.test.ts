import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { connectTls } from '../../../emulator/tls/index.ts';
import { type Ca, createCa, type Identity } from '../../support/certificates.ts';
import { hostileServer, type Mischief } from '../../support/hostile-server.ts';
import { mischiefs } from '../../support/mischief.ts';
import { clientOptions } from '../../support/tls-client.ts';

let ca: Ca;
let device: Identity;
let broker: Identity;

beforeAll(async () => {
  ca = await createCa({ commonName: 'root' });
  device = await ca.issue({ commonName: 'device 1' });
  broker = await ca.issue({ commonName: 'broker', dnsNames: ['broker.test'] });
});

/** Two streams, each reading what the other writes. */
function streamPair(): [Duplex, Duplex] {
  const half = (other: () => Duplex) =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        other().push(chunk);
        done();
      },
      final(done) {
        other().push(null);
        done();
      },
    });
  const left: Duplex = half(() => right);
  const right: Duplex = half(() => left);
  return [left, right];
}

function connect(mischief: Mischief = {}) {
  const [near, far] = streamPair();
  const server = hostileServer(far, { ...broker, mischief });
  return { near, server, stream: connectTls(near, clientOptions({ ca: ca.certificate, device })) };
}

describe('TlsDuplex', () => {
  it('sends what was written before the handshake was over, and reads the echo', async () => {
    const { server, stream } = connect();
    stream.write('early');
    const [info] = await once(stream, 'secure');
    expect(info.suite).toBe('TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256');
    stream.write('late');
    const chunks: string[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
    while (chunks.length < 2) await once(stream, 'data');
    expect(chunks).toEqual(['early', 'late']);
    expect(server.received.length).toBe(2);
  });

  it('reads no more than its reader takes, and goes on when the reader does', async () => {
    const { near, server, stream } = connect();
    await once(stream, 'secure');
    const record = new Uint8Array(8000).fill(7);
    for (let sent = 0; sent < 20; sent++) server.send(record);
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    while (!near.isPaused()) await turn();
    expect(stream.readableLength).toBeLessThan(20 * record.length);
    let taken = 0;
    stream.on('data', (chunk: Buffer) => {
      taken += chunk.length;
    });
    for (let turns = 0; turns < 100; turns++) await turn();
    expect(taken).toBe(20 * record.length);
  });

  it('ends with close_notify and closes its transport', async () => {
    const { near, server, stream } = connect();
    await once(stream, 'secure');
    stream.resume();
    stream.end();
    await once(stream, 'close');
    expect(server.alerts).toEqual([{ level: 1, description: 0 }]);
    if (!near.closed) await once(near, 'close');
  });

  it('ends when the server sends close_notify', async () => {
    const { server, stream } = connect();
    await once(stream, 'secure');
    stream.resume();
    server.alert(1, 0);
    await once(stream, 'end');
    expect(server.alerts).toEqual([{ level: 1, description: 0 }]);
  });

  it('fails with the EmuError of the handshake, and pending writes fail with it', async () => {
    const { near, server, stream } = connect(mischiefs.tamperedSignature);
    const written = new Promise<unknown>((resolve) => stream.write('never', resolve));
    const [error] = await once(stream, 'error');
    expect(error.code).toBe('EMU_E_TLS_BAD_SIGNATURE');
    expect(await written).toBe(error);
    expect(server.alerts).toEqual([{ level: 2, description: 51 }]);
    if (!near.closed) await once(near, 'close');
  });

  it('ends each write once: what closes it later is no error of a write that is done', async () => {
    const { near, server, stream } = connect();
    await once(stream, 'secure');
    const ends: unknown[] = [];
    await new Promise<void>((resolve) => {
      stream.write('done', (error) => {
        ends.push(error ?? 'written');
        resolve();
      });
    });
    const errors: unknown[] = [];
    stream.on('error', (error) => errors.push(error));
    stream.resume();
    server.alert(1, 0);
    await once(stream, 'close');
    if (!near.closed) await once(near, 'close');
    expect([ends, errors]).toEqual([['written'], []]);
  });

  it('fails while nothing is written, too', async () => {
    const { server, stream } = connect();
    await once(stream, 'secure');
    // A protected record has 24 bytes at least (RFC 5288 3).
    server.raw(Uint8Array.of(23, 3, 3, 0, 1, 0));
    const [error] = await once(stream, 'error');
    expect(error.code).toBe('EMU_E_TLS_BAD_RECORD');
  });

  it('takes nothing more to write once the server has closed', async () => {
    const { near, server, stream } = connect();
    await once(stream, 'secure');
    server.alert(1, 0);
    if (!near.closed) await once(near, 'close');
    const failed = once(stream, 'error');
    const written = new Promise<unknown>((resolve) => stream.write('too late', resolve));
    expect(await written).toMatchObject({ code: 'EMU_E_TLS_NOT_ESTABLISHED' });
    await failed;
    expect(server.received).toEqual([]);
  });

  it('fails with the error of its transport', async () => {
    const { near, stream } = connect();
    await once(stream, 'secure');
    near.destroy(new Error('ECONNRESET'));
    const [error] = await once(stream, 'error');
    expect(error.message).toBe('ECONNRESET');
  });
});

import { join } from 'node:path';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TlsClient, tlsPolicy } from '../../../emulator/tls/index.ts';
import { loadProfile } from '../../../src/profile/index.ts';
import { type Ca, createCa, type Identity, type Subject } from '../../support/certificates.ts';
import { type ClientHello, parseClientHello, recordsIn } from '../../support/client-hello.ts';
import { canBuildPosix, checkPosix, TapedServer, TlsSessionProgram } from '../../support/firmware-posix.ts';
import { freePort } from '../../support/free-port.ts';
import { clientOptions } from '../../support/tls-client.ts';

const APPLICATION_DATA = 23;
/** What AES-GCM adds to a record in TLS 1.2 (RFC 5288 3). */
const OVERHEAD = 24;
const HANDSHAKE_REFUSED = 'connect 3';

let ca: Ca;
let device: Identity;
let program: TlsSessionProgram;
const servers: TapedServer[] = [];

const possible = canBuildPosix();

beforeAll(async () => {
  if (!possible) return;
  ca = await createCa({ commonName: 'root' });
  device = await ca.issue({ commonName: '0123a1b2c3d4e5f6ee' });
  program = new TlsSessionProgram(ca, device);
}, 240_000);
afterAll(() => program?.remove());
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server of localhost that wants a certificate, and its port. */
async function serve(
  behave: (socket: TLSSocket) => void,
  more: TlsOptions = {},
  issuer = ca,
  subject: Partial<Subject> = {},
) {
  const { certificate, key } = await issuer.issue({ commonName: 'localhost', dnsNames: ['localhost'], ...subject });
  const options = { cert: certificate, key, ca: ca.certificate, requestCert: true, rejectUnauthorized: true, ...more };
  const server = new TapedServer(options, (socket) => {
    socket.on('error', () => {});
    behave(socket);
  });
  servers.push(server);
  return { server, port: await server.listen() };
}

/** The plaintext lengths of the messages from the client. */
function messageLengths(server: TapedServer): number[] {
  return recordsIn(Buffer.concat(server.toServer))
    .filter(([type]) => type === APPLICATION_DATA)
    .map(([, length]) => length - OVERHEAD);
}

describe.skipIf(!possible)('the TLS of the POSIX port', () => {
  test('passes its unit tests, with sanitizers', () => {
    expect(checkPosix(join(program.files, 'check'))).toMatch(/^(?:\w+: \d+ checks in \d+ cases, 0 failed\n){2}$/);
  });

  describe('offers what the twin offers', () => {
    let firmware: ClientHello;
    let twin: ClientHello;

    beforeAll(async () => {
      const { server, port } = await serve(() => {});
      await program.run('localhost', port);
      firmware = parseClientHello(recordOf(server.toServer));
      const policy = tlsPolicy(loadProfile('esp32-mqtts').tls);
      const written: Uint8Array[] = [];
      const client = new TlsClient(clientOptions({ ca: ca.certificate, device, serverName: 'localhost', policy }), {
        write: (bytes) => void written.push(bytes),
        data: () => {},
        secure: () => {},
        closed: () => {},
      });
      client.start();
      twin = parseClientHello(recordOf(written));
      client.close();
    });

    const recordOf = (chunks: readonly Uint8Array[]) => {
      const bytes = Buffer.concat(chunks);
      return bytes.subarray(0, 5 + bytes.readUInt16BE(3));
    };
    const extension = (type: number) => firmware.extensions.find(([each]) => each === type)?.[1];

    test('to the byte, but for the random ones', () => {
      expect(firmware).toEqual(twin);
    });

    // Independently of the twin, by IANA's registries.
    test('TLS 1.2, two suites and the renegotiation SCSV', () => {
      expect(firmware).toMatchObject({ recordVersion: 0x0303, version: 0x0303, sessionIdLength: 0, compressions: [0] });
      expect(firmware.suites).toEqual([0xc02b, 0xc02f, 0x00ff]);
    });

    test('server name, signatures, curve, point format, encrypt-then-MAC, extended master secret, tickets', () => {
      expect(firmware.extensions.map(([type]) => type)).toEqual([0, 13, 10, 11, 22, 23, 35]);
      expect(
        Buffer.from(extension(0) ?? '', 'hex')
          .subarray(5)
          .toString(),
      ).toBe('localhost');
      expect(extension(13)).toBe('0014'.concat('0603060105030501040304010303030102030201'));
      expect(extension(10)).toBe('00020017');
      expect(extension(11)).toBe('0100');
    });
  });

  test('asks the chip for the ephemeral key, the secret and the signature, once each', async () => {
    const seen: unknown[] = [];
    const { port } = await serve((socket) => {
      seen.push(socket.authorized, socket.getPeerCertificate().subject.CN, socket.getProtocol());
      socket.end('pong');
    });
    const said = await program.run('localhost', port, 'write', '4', '2000', 'read', '64', '2000');
    expect(said).toEqual(['connect 0', 'write 4', 'read 4', 'generate 1 agree 1 sign 1']);
    expect(seen).toEqual([true, '0123a1b2c3d4e5f6ee', 'TLSv1.2']);
  });

  test('asks for no signature where the server wants none', async () => {
    const { port } = await serve(() => {}, { requestCert: false });
    expect(await program.run('localhost', port)).toEqual(['connect 0', 'generate 1 agree 1 sign 0']);
  });

  test.each([
    ['generate', 'generate 1 agree 0 sign 0'],
    ['agree', 'generate 1 agree 1 sign 0'],
    ['sign', 'generate 1 agree 1 sign 1'],
  ] as const)('has no connection when the chip does not answer: %s', async (operation, calls) => {
    const { port } = await serve(() => {});
    expect(await program.runFailing(operation, 'localhost', port)).toEqual([HANDSHAKE_REFUSED, calls]);
  });

  test('takes a server with an RSA key', async () => {
    const { port } = await serve((socket) => socket.end('pong'), {}, ca, { keyType: 'RSA-2048' });
    const said = await program.run('localhost', port, 'read', '64', '2000');
    expect(said).toEqual(['connect 0', 'read 4', 'generate 1 agree 1 sign 1']);
  });

  test('writes each packet as one record, a longer one than 8192 bytes as two', async () => {
    const { server, port } = await serve((socket) => socket.resume());
    const writes = [1, 110, 8192, 8193].flatMap((length) => ['write', String(length), '2000']);
    const said = await program.run('localhost', port, ...writes);
    expect(said.slice(1, -1)).toEqual(['write 1', 'write 110', 'write 8192', 'write 8193']);
    expect(messageLengths(server)).toEqual([1, 110, 8192, 8192, 1]);
  });

  test('reads at most one record at a time, and nothing when there is none', async () => {
    const { port } = await serve((socket) => {
      socket.write('first');
      socket.write('the second');
      socket.once('data', () => socket.end());
    });
    const reads = ['read', '64', '2000', 'read', '4', '2000', 'read', '64', '0', 'read', '64', '100'];
    const said = await program.run('localhost', port, ...reads, 'write', '1', '2000', 'read', '64', '2000');
    expect(said.slice(1, -1)).toEqual(['read 5', 'read 4', 'read 6', 'read 0', 'write 1', 'read -1']);
  });

  test('has no connection behind a close', async () => {
    const { port } = await serve(() => {});
    const said = await program.run('localhost', port, 'close', 'write', '1', '100', 'read', '1', '100', 'close');
    expect(said.slice(1, -1)).toEqual(['close', 'write -1', 'read -1', 'close']);
  });

  test('writes nothing when the server takes nothing, and goes on when it does', async () => {
    let received = 0;
    const { server, port } = await serve((socket) => {
      server.stall(1500);
      socket.on('data', ({ length }: Buffer) => {
        received += length;
        if (received % 8192 === 5) socket.end('all');
      });
    });
    const said = await program.run('localhost', port, ...'fill 8192 200 write 5 10000 read 64 10000'.split(' '));
    expect(said.slice(1, -1)).toEqual(['fill 0', 'write 5', 'read 3']);
    expect(received).toBeGreaterThan(8192);
  });

  test('takes a record of 8192 bytes and hangs up on a longer one', async () => {
    const { port } = await serve((socket) => {
      socket.write(Buffer.alloc(8192));
      socket.once('data', () => socket.write(Buffer.alloc(8193)));
    });
    const said = await program.run('localhost', port, ...'read 9000 2000 write 1 2000 read 9000 2000'.split(' '));
    expect(said.slice(1, -1)).toEqual(['read 8192', 'write 1', 'read -1']);
  });

  describe('refuses', () => {
    test('a server under another root', async () => {
      const other = await createCa({ commonName: 'other' });
      const { port } = await serve(() => {}, {}, other);
      expect((await program.run('localhost', port))[0]).toBe(HANDSHAKE_REFUSED);
    });

    test('a server of another name', async () => {
      const { port } = await serve(() => {});
      expect((await program.run('127.0.0.1', port))[0]).toBe(HANDSHAKE_REFUSED);
    });

    test('TLS 1.1 and 1.3', async () => {
      const { port } = await serve(() => {}, { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' });
      expect((await program.run('localhost', port))[0]).toBe(HANDSHAKE_REFUSED);
    });

    test('a suite that it does not offer', async () => {
      const { port } = await serve(() => {}, { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' });
      expect((await program.run('localhost', port))[0]).toBe(HANDSHAKE_REFUSED);
    });
  });

  test('takes a certificate that has expired: the board has no clock', async () => {
    const { port } = await serve(() => {}, {}, ca, { notAfter: new Date('2021-01-01T00:00:00Z') });
    expect((await program.run('localhost', port))[0]).toBe('connect 0');
  });

  test('takes an address that the certificate names, as the twin does, and no other', async () => {
    const { port } = await serve(() => {}, {}, ca, { addresses: ['127.0.0.1', '127.0.0.2'] });
    expect((await program.run('127.0.0.1', port))[0]).toBe('connect 0');
    const other = await serve(() => {}, {}, ca, { addresses: ['127.0.0.2', '127.0.0.0'] });
    expect((await program.run('127.0.0.1', other.port))[0]).toBe(HANDSHAKE_REFUSED);
  });

  test('says why there is no connection', async () => {
    expect((await program.run('nowhere.invalid', 1))[0]).toBe('connect 1');
    expect((await program.run('localhost', await freePort()))[0]).toBe('connect 2');
  });
});

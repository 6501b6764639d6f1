import { once } from 'node:events';
import { type AddressInfo, createServer, isIP, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import type { Transport } from '../../../emulator/device/index.ts';
import { tcpNetwork } from '../../../src/run/tcp.ts';
import { freePort } from '../../support/free-port.ts';

/** Names of hosts with several addresses, which no test may ask a real resolver for. */
const hosts: Record<string, string[]> = {
  'two.test': ['127.0.0.1', '127.0.0.2'],
  'unroutable-first.test': ['255.255.255.255', '127.0.0.1'],
  'both-families.test': ['::1', '127.0.0.1'],
  'one-listens.test': ['127.0.0.2', '127.0.0.1'],
  'resolved-late.test': ['127.0.0.1'],
};
/** Those that the resolver does not know the next time that it is asked. */
const unresolved = new Set<string>();

vi.mock('node:dns', async (original) => {
  const dns = await original<typeof import('node:dns')>();
  const lookup = (name: string, options: object, done: (error: unknown, addresses?: unknown) => void) => {
    const addresses = hosts[name];
    if (addresses === undefined) dns.lookup(name, options, done as never);
    else if (unresolved.delete(name))
      done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
    else
      done(
        null,
        addresses.map((address) => ({ address, family: isIP(address) })),
      );
  };
  return { ...dns, lookup };
});

let server: Server | undefined;
afterEach(() => void server?.close());

async function listen(allowHalfOpen: boolean, onConnection: (socket: Socket) => void): Promise<number> {
  server = createServer({ allowHalfOpen }, onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const network = tcpNetwork({ sent: () => {}, received: () => {} });

/** Dials and tells what happens until the end. */
function dial(host: string, port: number, from?: string) {
  const log: string[] = [];
  let transport: Transport | undefined;
  const ended = new Promise<{ code: string; message: string } | undefined>((resolve) => {
    transport = network(from)(host, port, {
      opened: () => log.push('opened'),
      received: () => log.push('received'),
      taken: () => log.push('taken'),
      closed(reason) {
        log.push('closed');
        resolve(reason);
      },
    });
  });
  return { log, ended, transport: transport as Transport };
}

test('a connection that is reset at once was accepted', async () => {
  const port = await listen(false, (socket) => socket.resetAndDestroy());
  const { log, ended } = dial('127.0.0.1', port);
  expect(await ended).toMatchObject({ code: 'ECONNRESET' });
  expect(log).toEqual(['opened', 'closed']);
});

test('a host whose addresses all refuse is refused, and the message names each', async () => {
  const port = await freePort();
  const { log, ended } = dial('two.test', port);
  expect(await ended).toMatchObject({
    code: 'ECONNREFUSED',
    message: `connect ECONNREFUSED 127.0.0.1:${port}, connect ECONNREFUSED 127.0.0.2:${port}`,
  });
  expect(log).toEqual(['closed']);
});

test('a host that was not found is asked for again', async () => {
  unresolved.add('resolved-late.test');
  const port = await freePort();
  expect((await dial('resolved-late.test', port).ended)?.code).toBe('ENOTFOUND');
  expect((await dial('resolved-late.test', port).ended)?.code).toBe('ECONNREFUSED');
});

test('an address that this machine has no route for does not hide what the others said', async () => {
  const port = await freePort();
  const reason = await dial('unroutable-first.test', port).ended;
  expect(reason?.code).toBe('ECONNREFUSED');
  expect(reason?.message).toMatch(/^connect (?!ECONNREFUSED)\w+ 255\.255\.255\.255:\d+.*, connect ECONNREFUSED 127/);
});

test('a host that refuses at one address and resets at the other has accepted', async () => {
  const port = await listen(false, (socket) => socket.resetAndDestroy());
  for (const host of ['both-families.test', 'one-listens.test']) {
    const { log, ended } = dial(host, port);
    expect(await ended, host).toMatchObject({ code: 'ECONNRESET' });
    expect(log).toEqual(['opened', 'closed']);
  }
});

test('IPv4 comes first', async () => {
  const port = await freePort();
  const reason = await dial('both-families.test', port).ended;
  expect(reason?.message).toMatch(/^connect ECONNREFUSED 127\.0\.0\.1:\d+, connect \w+ ::1:\d+/);
});

/** The name is resolved and the system is asked, and nothing of its answer has been read. */
async function begunToConnect(): Promise<void> {
  for (let tick = 0; tick < 20; tick++) await new Promise<void>((resolve) => process.nextTick(resolve));
}

test('a connection that was accepted while the process stood still is not given up', async () => {
  const port = await listen(false, () => {});
  const { log, transport } = dial('two.test', port);
  await begunToConnect();
  const until = performance.now() + 600;
  while (performance.now() < until);
  await vi.waitFor(() => expect(log).toEqual(['opened']));
  transport.destroy();
});

test('a peer that never closes its side does not keep a descriptor', async () => {
  const port = await listen(true, () => {});
  const { transport, log } = dial('127.0.0.1', port);
  const [socket] = (await once(server as Server, 'connection')) as [Socket];
  await vi.waitFor(() => expect(log).toEqual(['opened']));
  transport.end();
  await once(socket.resume(), 'end');
  // What is written to a connection that is gone comes back as a reset.
  const gone = new Promise((resolve) => socket.once('error', resolve));
  const writing = setInterval(() => socket.write('x'), 100);
  await expect(gone).resolves.toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) });
  clearInterval(writing);
});

/** Megabytes go through a busy machine. */
const PATIENT = { timeout: 20_000 };

const PACKET_BYTES = 7000;

/** Writes a packet a turn until the peer's system and this one have no more room. */
async function writeUntilBlocked(transport: Transport): Promise<number> {
  const packet = new Uint8Array(PACKET_BYTES);
  let written = 0;
  while (!transport.blocked) {
    transport.write(packet);
    written += packet.length;
    await setImmediate();
  }
  return written;
}

/** To a peer that does not read. */
async function unreadConnection() {
  const port = await listen(false, (socket) => socket.pause());
  const { transport, log } = dial('127.0.0.1', port);
  const [socket] = (await once(server as Server, 'connection')) as [Socket];
  await vi.waitFor(() => expect(log).toEqual(['opened']));
  return { transport, log, socket };
}

test('what is written is taken at the end of the turn while the peer reads', async () => {
  const port = await listen(false, (socket) => socket.resume());
  const { transport, log } = dial('127.0.0.1', port);
  await vi.waitFor(() => expect(log).toEqual(['opened']));
  transport.write(Uint8Array.of(1));
  transport.write(Uint8Array.of(2));
  expect(log).toEqual(['opened']);
  await setImmediate();
  expect(log).toEqual(['opened', 'taken']);
  expect(transport.blocked).toBe(false);
  transport.end();
});

test('a peer that does not read blocks the connection until it reads again', async () => {
  const { transport, log, socket } = await unreadConnection();
  const written = await writeUntilBlocked(transport);
  const taken = log.length;
  // All packets but the last one.
  expect(log.filter((what) => what === 'taken')).toHaveLength(written / PACKET_BYTES - 1);
  let read = 0;
  socket.on('data', (bytes) => {
    read += bytes.length;
  });
  socket.resume();
  await vi.waitFor(() => expect(log).toHaveLength(taken + 1), PATIENT);
  expect(log.at(-1)).toBe('taken');
  expect(transport.blocked).toBe(false);
  await vi.waitFor(() => expect(read).toBe(written), PATIENT);
  transport.end();
});

test.each(['end', 'destroy'] as const)('a blocked connection does not outlive its %s', async (how) => {
  const { transport, log, socket } = await unreadConnection();
  await writeUntilBlocked(transport);
  const told = log.length;
  transport[how]();
  // Of a peer that is written to, the system tells that nobody is there.
  const gone = new Promise((resolve) => socket.once('error', resolve));
  const writing = setInterval(() => socket.write('x'), 100);
  await expect(gone).resolves.toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) });
  clearInterval(writing);
  expect(log.slice(told)).not.toContain('taken');
});

test('what is taken after this side has ended is not told', async () => {
  const { transport, log, socket } = await unreadConnection();
  await writeUntilBlocked(transport);
  const told = log.length;
  transport.end();
  socket.resume();
  await once(socket, 'end');
  await setImmediate();
  expect(log.slice(told)).not.toContain('taken');
});

test('what comes while the device pauses waits until it goes on', async () => {
  const port = await listen(false, (socket) => socket.resume());
  const { transport, log } = dial('127.0.0.1', port);
  const [socket] = (await once(server as Server, 'connection')) as [Socket];
  await vi.waitFor(() => expect(log).toEqual(['opened']));
  transport.pause();
  await new Promise((resolve) => socket.write('x', resolve));
  transport.write(Uint8Array.of(1));
  await once(socket, 'data');
  expect(log).not.toContain('received');
  transport.resume();
  await vi.waitFor(() => expect(log).toContain('received'));
  transport.end();
});

test.each(['127.0.0.1', 'two.test'])('a connection to %s comes from the given address', async (host) => {
  const port = await listen(false, (socket) => socket.end());
  const connected = once(server as Server, 'connection');
  const { ended } = dial(host, port, '127.0.0.3');
  const [socket] = (await connected) as [Socket];
  expect(socket.remoteAddress).toBe('127.0.0.3');
  expect(await ended).toBeUndefined();
});

test('what the system refuses at once was not taken', async () => {
  const port = await listen(false, () => {});
  const { transport, log, ended } = dial('127.0.0.1', port);
  const [peer] = (await once(server as Server, 'connection')) as [Socket];
  await vi.waitFor(() => expect(log).toEqual(['opened']));
  // The reset is here before this turn ends, and nobody has read it.
  peer.resetAndDestroy();
  transport.write(Uint8Array.of(1));
  await ended;
  expect(log).toEqual(['opened', 'closed']);
});

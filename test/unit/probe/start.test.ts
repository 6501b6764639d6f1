import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sharedNow } from '../../../src/base/index.ts';
import { startProbe } from '../../../src/probe/index.ts';
import { createCa } from '../../support/certificates.ts';
import { freePort } from '../../support/free-port.ts';
import { startWaywardBroker, type WaywardBroker } from '../../support/wayward-broker.ts';

let broker: WaywardBroker;
let options: Parameters<typeof startWaywardBroker>[0];
/** A CA that nobody knows. */
let stranger: Awaited<ReturnType<typeof createCa>>;
/** What a probe of the broker is told; the server names `localhost` alone. */
let start: Parameters<typeof startProbe>[0];

const refuses = (filter: string) => filter.startsWith('private/') || filter.startsWith('$SYS/broker/load');

const retained = { topic: 'kept', payload: 'from before' };

beforeAll(async () => {
  const ca = await createCa({ commonName: 'root' });
  stranger = await createCa({ commonName: 'stranger' });
  const server = await ca.issue({ commonName: 'localhost', dnsNames: ['localhost'] });
  const probe = await ca.issue({ commonName: 'emu-probe' });
  options = { server, clientCas: ca.certificate, copies: () => 1, refuses, retained };
  broker = await startWaywardBroker(options);
  start = {
    host: 'localhost',
    port: broker.port,
    trusted: [ca.certificate],
    certificatePem: probe.certificate,
    keyPem: probe.key,
    filters: ['#'],
    sys: false,
  };
});
afterAll(() => broker.stop());

describe('a probe that cannot do its work says why', () => {
  test('where nobody listens', async () => {
    const port = await freePort();
    await expect(startProbe({ ...start, port })).rejects.toMatchObject({
      code: 'EMU_E_PROBE_UNREACHABLE',
      message: `the probe cannot subscribe at localhost:${port}: TCP: connection refused`,
      hint: expect.stringContaining('Is the broker running'),
    });
  });

  test('where a listener hangs up on everybody, which it reached', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await expect(startProbe({ ...start, host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EMU_E_PROBE' });
    await new Promise((resolve) => server.close(resolve));
  });

  test("where the broker's certificate is for another host", async () => {
    await expect(startProbe({ ...start, host: '127.0.0.1' })).rejects.toMatchObject({
      code: 'EMU_E_PROBE',
      message: expect.stringMatching(/127\.0\.0\.1:\d+: TLS: the broker's certificate is for another name$/),
    });
  });

  test("where it does not trust the broker's CA", async () => {
    await expect(startProbe({ ...start, trusted: [stranger.certificate] })).rejects.toMatchObject({
      message: expect.stringMatching(/: TLS: the broker's certificate leads to no trusted CA$/),
      hint: "Name the CA that issued the broker's certificate with --ca.",
    });
  });

  test.each([
    [['#', 'private/+'], false, 'private/+'],
    [[], true, '$SYS/broker/load/connections/1min'],
  ])('where it may not subscribe to %j, $SYS: %s', async (filters, sys, refused) => {
    await expect(startProbe({ ...start, filters, sys })).rejects.toMatchObject({
      code: 'EMU_E_PROBE',
      message: `the probe cannot subscribe at localhost:${start.port}: the broker refuses the subscription to ${refused}`,
    });
  });

  test('where its process ends, which no certificate does', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const killed = new AbortController();
    silent.once('connection', () => killed.abort());
    await expect(startProbe({ ...start, host: '127.0.0.1', port }, killed.signal)).rejects.toMatchObject({
      code: 'EMU_E_PROBE',
      message: expect.stringMatching(/^the probe died: /),
      hint: undefined,
    });
    silent.close();
  });

  test('and not where all is well', async () => {
    const probe = await startProbe(start);
    expect((await probe.finish()).report.filters).toMatchObject([{ filter: '#', sent: 0, delivered: 0 }]);
  });
});

test('a probe says while it goes on what became of the messages, by filter and kind', async () => {
  const probe = await startProbe({ ...start, filters: ['a/#', 'b'] });
  expect(probe.deliveries).toEqual([]);
  // Two PUBLISH packets on a/b and one on b, which nobody sends [MQTT-3.3].
  const packets = Buffer.from('30060003612f6278' + '30060003612f6279' + '300400016278', 'hex');
  probe.sent({ packets, times: new Float64Array(3).fill(sharedNow()), kinds: Uint8Array.of(0, 1, 0) });
  const one = { sent: 1, delivered: 0, lost: 0 };
  const waiting = [
    { telemetry: one, script: one },
    { telemetry: one, script: { ...one, sent: 0 } },
  ];
  await vi.waitFor(() => expect(probe.deliveries).toEqual(waiting), { timeout: 20_000 });
  // What the broker retained from before is none of their deliveries, and nobody else's message.
  const lost = { sent: 2, delivered: 0, lost: 2, foreign: 0, duplicated: 0 };
  expect((await probe.finish()).report.filters).toMatchObject([lost, { ...lost, sent: 1, lost: 1 }]);
});

test('a connection that is lost counts once, however often the probe tries to have another', async () => {
  const own = await startWaywardBroker(options);
  const probe = await startProbe({ ...start, port: own.port });
  await own.stop();
  let attempts = 0;
  const deaf = createServer((socket) => {
    attempts++;
    socket.destroy();
  }).listen(own.port, '127.0.0.1');
  await vi.waitFor(() => expect(attempts).toBeGreaterThanOrEqual(3), { timeout: 30_000 });
  const { report } = await probe.finish();
  deaf.close();
  expect(report.disconnections).toBe(1);
});

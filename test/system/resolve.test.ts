import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCa } from '../support/certificates.ts';
import { emu, emuRun } from '../support/emu-in-process.ts';
import { startWaywardBroker, type WaywardBroker } from '../support/wayward-broker.ts';

// RFC 6761, 6.2: no resolver knows a name under .test.
const HOST = 'broker.test';

let directory: string;
let broker: WaywardBroker;
const file = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'emu-resolve-'));
  const [root, servers] = await Promise.all([createCa({ commonName: 'root' }), createCa({ commonName: 'servers' })]);
  writeFileSync(file('root.pem'), root.certificate);
  writeFileSync(file('root.key'), root.key);
  writeFileSync(file('servers.pem'), servers.certificate);
  const server = await servers.issue({ commonName: HOST, dnsNames: [HOST] });
  broker = await startWaywardBroker({ server, clientCas: root.certificate, copies: () => 1 });
});
afterAll(async () => {
  await broker.stop();
  rmSync(directory, { recursive: true });
});

const line = () => [
  ...['--broker', `mqtts://${HOST}`, '--ca', file('servers.pem')],
  ...['--ca-cert', file('root.pem'), '--ca-key', file('root.key')],
  ...['--count', '4', '--rate', '50', '--duration', '1s', '--interval', '200ms'],
];

test.each(['1', '2'])('devices and probe reach a name that no resolver knows: workers %s', async (workers) => {
  // The name of a host has no case (RFC 4343, 3).
  const elsewhere = [
    '--resolve',
    'other.test:8883:127.0.0.1:1',
    '--resolve',
    `Broker.Test:8883:127.0.0.1:${broker.port}`,
  ];
  const { code, summary, stderr } = await emuRun(...line(), ...elsewhere, '--probe', '--workers', workers);
  expect(code, stderr).toBe(0);
  expect(summary.devices).toMatchObject({ arrived: 4, connected: 4 });
  // The certificate is for the name: it was asked for by it, and not by the address.
  const { sent = 0, delivered } = summary.probe?.filters[0] ?? {};
  expect(sent).toBeGreaterThan(0);
  expect(delivered).toBe(sent);
  expect(summary.run.broker).toBe(`mqtts://${HOST}:8883`);
});

test('another port of the name is left to the resolver', async () => {
  const { code, summary } = await emuRun(...line(), '--resolve', `${HOST}:8884:127.0.0.1:${broker.port}`);
  expect(code).toBe(107);
  expect(summary.causes.map(({ code }) => code)).toEqual([expect.stringMatching(/^tcp\.(ENOTFOUND|EAI_AGAIN)$/)]);
});

test('source addresses are of the family that a name is resolved to', async () => {
  const resolved = ['--resolve', `${HOST}:8883:127.0.0.1:${broker.port}`];
  const { summary } = await emuRun(...line(), ...resolved, '--source-addresses', '127.0.0.2');
  expect(summary.devices.connected).toBe(4);
  const wrong = await emu('run', ...line(), ...resolved, '--source-addresses', '::1');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/^emu: --source-addresses: ::1 is not of the family .* reached, IPv4$/m);
});

test('every address that a name is resolved to is tried from the source addresses', async () => {
  const other = `other.test:8883:[::1]:${broker.port}`;
  const resolved = ['--resolve', `${HOST}:8883:127.0.0.1:${broker.port},${other}`];
  const { code, stderr } = await emu('run', ...line(), ...resolved, '--source-addresses', '127.0.0.2');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^emu: --source-addresses: 127\.0\.0\.2 has no way to the broker at ::1 \(\w+\)$/m);
});

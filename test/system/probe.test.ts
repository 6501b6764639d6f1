import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RunReport } from '../../src/report/index.ts';
import { fleetPaths } from '../../src/store/files.ts';
import { createCa, type Identity } from '../support/certificates.ts';
import { summarised } from '../support/emu.ts';
import { emu, emuRun, startEmu } from '../support/emu-in-process.ts';
import { makeFleet } from '../support/persistent-fleet.ts';
import { startWaywardBroker, type WaywardBroker } from '../support/wayward-broker.ts';

const FLEET = ['--count', '10', '--rate', '50', '--duration', '2500ms', '--interval', '200ms'];

function probeOf(summary: unknown) {
  const { probe } = summary as RunReport;
  if (probe === undefined) throw new Error('no probe in the summary');
  return probe;
}

describe.concurrent('beside the embedded broker', () => {
  test('every publish is delivered once, to each filter', async () => {
    const { code, summary, stderr } = await emuRun(...FLEET, '--probe', '/topic/qos0/+,/topic/#,/elsewhere');
    expect(code, stderr).toBe(0);
    const { filters, disconnections } = probeOf(summary);
    const { sent, telemetry, script } = summary.messages;
    expect(telemetry.sent).toBeGreaterThan(0);
    expect(script.sent).toBeGreaterThan(0);
    const delivered = ({ sent }: { sent: number }) => ({ sent, delivered: sent, lost: 0 });
    const all = {
      ...delivered(summary.messages),
      ...{ duplicated: 0, foreign: 0, telemetry: delivered(telemetry), script: delivered(script) },
    };
    expect(filters).toMatchObject([
      { filter: '/topic/qos0/+', ...all },
      { filter: '/topic/#', ...all },
      { filter: '/elsewhere', sent: 0, delivered: 0, lost: 0, duplicated: 0, foreign: 0 },
    ]);
    expect(disconnections).toBe(0);
    const { count, p50, max } = filters[0]?.latency_ms ?? { count: 0, p50: 0, max: 0 };
    expect(count).toBe(sent);
    expect(p50).toBeGreaterThan(0);
    expect(max).toBeGreaterThanOrEqual(p50 ?? 0);
    // The probe is no device.
    expect(summary.devices).toMatchObject({ arrived: 10, connected: 10 });
  });

  test('on a shared topic equal payloads are counted right', async () => {
    const { summary } = await emuRun(...FLEET, '--profile', 'esp32-mqtts-shared', '--probe');
    const { sent } = summary.messages;
    expect(probeOf(summary).filters).toMatchObject([
      { filter: '/topic/qos0', sent, delivered: sent, lost: 0, duplicated: 0, foreign: 0 },
    ]);
  });
});

describe('beside a broker that loses and duplicates', () => {
  let directory: string;
  let fleet: Identity;
  let broker: WaywardBroker;
  let copies: (n: number) => number;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'emu-probe-'));
    const [root, servers] = await Promise.all([
      createCa({ commonName: 'fleet root' }),
      createCa({ commonName: 'server root' }),
    ]);
    fleet = root;
    writeFileSync(join(directory, 'fleet.pem'), root.certificate);
    writeFileSync(join(directory, 'fleet.key'), root.key);
    writeFileSync(join(directory, 'servers.pem'), servers.certificate);
    const server = await servers.issue({ commonName: 'localhost', dnsNames: ['localhost'] });
    broker = await startWaywardBroker({ server, clientCas: fleet.certificate, copies: (n) => copies(n) });
  });
  afterAll(async () => {
    await broker.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const options = () => {
    const file = (name: string) => join(directory, name);
    const trust = ['--ca', file('servers.pem'), '--ca-cert', file('fleet.pem'), '--ca-key', file('fleet.key')];
    return ['--broker', `mqtts://localhost:${broker.port}`, ...trust];
  };

  // Not both at once: equal payloads occur, and a loss and a duplicate among equals cancel out.
  test.each([
    ['loses every sixth', (n: number) => (n % 6 === 0 ? 0 : 1)],
    ['delivers every sixth three times', (n: number) => (n % 6 === 0 ? 3 : 1)],
  ])('the probe says how much it %s, and is known by its own certificate', async (_what, script) => {
    const before = broker.taken;
    copies = (n) => script(n - before);
    const line = ['--count', '4', '--rate', '50', '--duration', '10m', '--interval', '100ms', '--probe'];
    const running = startEmu(['run', '--json', ...options(), ...line]);
    await vi.waitFor(() => expect(broker.taken - before).toBeGreaterThanOrEqual(12), { timeout: 60_000 });
    running.signal('SIGINT');
    const { code, summary, stderr } = summarised(await running.ended);
    expect(code, stderr).toBe(105);
    const sent = broker.taken - before;
    const sixths = Math.floor(sent / 6);
    const [lost, duplicated] = script(6) === 0 ? [sixths, 0] : [0, 2 * sixths];
    expect(probeOf(summary).filters).toMatchObject([{ sent, delivered: sent - lost, lost, duplicated, foreign: 0 }]);
    const names = [...broker.clients].filter(([id]) => id.startsWith('emu-probe-')).map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(['emu-probe']));
  });
});

test('a broker that is not there: said before any device arrives, with the exit code of a run without', async () => {
  const { code, stderr } = await emu('run', '--count', '1', '--broker', 'mqtts://127.0.0.1:1', '--probe');
  expect(code).toBe(107);
  expect(stderr).toMatch(/^emu: the probe cannot subscribe at 127\.0\.0\.1:1: TCP: connection refused$/m);
});

describe('beside a persistent fleet whose keys are not at hand', () => {
  let directory: string;
  const file = (name: string) => join(directory, name);
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'emu-probe-'));
    await makeFleet(file('fleet'), 2);
    await emu('fleet', 'export', file('fleet'), '--segment', '0/2', '--out', file('part'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test.each(['--probe', '--broker-sys'])('a part of it says what %s lacks', async (option) => {
    const { code, stderr } = await emu('run', '--fleet', file('part'), '--broker', 'mqtts://127.0.0.1:1', option);
    expect(code).toBe(104);
    expect(stderr).toMatch(
      /^emu: the fleet in .*part has no private keys of CAs, as a part of one\n {5}Use the whole fleet, .* without --probe and --broker-sys/m,
    );
  });

  test('a damaged file of them is named', async () => {
    const { keys } = fleetPaths(file('fleet'));
    writeFileSync(keys, readFileSync(keys, 'utf8').slice(0, 100));
    const { code, stderr } = await emu('run', '--fleet', file('fleet'), '--probe');
    expect(code).toBe(104);
    expect(stderr).toMatch(/^emu: .*fleet\/keys\.yaml.*the keys of the fleet cannot be read/m);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunReport } from '../../src/report/index.ts';
import { type Ca, createCa } from '../support/certificates.ts';
import { emuRun } from '../support/emu.ts';
import { requireProgram } from '../support/interop.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { readMosquittoLog } from '../support/mosquitto-log.ts';

const path = requireProgram('mosquitto', ['-h']);

describe.skipIf(path === undefined)('fleets against mosquitto', () => {
  let directory: string;
  let fleet: Ca;
  let broker: Mosquitto;
  let servers: Ca;

  const file = (name: string) => join(directory, name);

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'fleet-'));
    servers = await createCa({ commonName: 'servers' });
    fleet = await createCa({ commonName: 'fleet' });
    writeFileSync(file('servers.pem'), servers.certificate);
    for (const [name, root] of [
      ['fleet', fleet],
      ['stranger', await createCa({ commonName: 'stranger' })],
    ] as const) {
      writeFileSync(file(`${name}.pem`), root.certificate);
      writeFileSync(file(`${name}.key`), root.key, { mode: 0o600 });
    }
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  beforeEach(async () => {
    const server = await servers.issue({ commonName: 'localhost', dnsNames: ['localhost'] });
    broker = await startMosquitto({ path: path ?? '', clientAuthorities: fleet.certificate, server });
  });

  afterEach(() => broker?.stop());

  function run(root: string, ...args: string[]): ReturnType<typeof emuRun> {
    const authority = ['--ca-cert', file(`${root}.pem`), '--ca-key', file(`${root}.key`)];
    return emuRun('--broker', `mqtts://localhost:${broker.port}`, '--ca', file('servers.pem'), ...authority, ...args);
  }

  // On the shared topic every message goes to all: 250,000 deliveries for the first two of each device alone. Without
  // telemetry and at half the rate a small machine, mosquitto writing down each of them, keeps up.
  const profiles = [
    ['esp32-mqtts', ['--duration', '15s'], (id: string) => `/${id}`],
    ['esp32-mqtts-shared', ['--rate', '50', '--interval', '60s', '--duration', '40s'], () => ''],
  ] as const;

  test.each(profiles)(
    '500 devices of %s do what the firmware does, each under its own name',
    async (profile, pace, suffix) => {
      const { summary, code, stderr } = await run('fleet', '--profile', profile, ...pace);
      expect(summary.devices, stderr).toEqual({
        planned: 500,
        arrived: 500,
        connected: 500,
        failed: 0,
        not_started: 0,
      });
      expect([code, summary.causes, summary.disconnections]).toEqual([0, [], []]);

      const clients = readMosquittoLog(broker.log());
      expect(clients.size).toBe(500);
      for (const { id, connects, requests } of clients.values()) {
        expect(id).toMatch(/^ESP32_[0-9a-f]{2}[0-9A-F]{4}$/);
        // The certificate's CN is the chip's serial number.
        expect(connects).toEqual([
          { at: expect.any(Number), username: expect.stringMatching(/^0123[0-9a-f]{12}ee$/), keepalive: 120 },
        ]);
        const [qos0, qos1] = [`/topic/qos0${suffix(id)}`, `/topic/qos1${suffix(id)}`];
        // Telemetry, longer than `data`, has its own rhythm and may come in between.
        const scripted = requests.filter((request) => !request.startsWith('PUB') || request.endsWith(' 4'));
        expect(scripted).toEqual([
          `SUB ${qos0} qos0`,
          `SUB ${qos1} qos1`,
          `UNSUB ${qos1}`,
          `PUB ${qos0} qos0 4`,
          `PUB ${qos0} qos0 4`,
        ]);
      }
      const names = new Set([...clients.values()].map(({ connects }) => connects[0]?.username));
      expect(names.size).toBe(500);
    },
    120_000,
  );

  test('the probe sees every publish once, under a certificate of the fleet', async () => {
    const { summary, code, stderr } = await run(
      'fleet',
      '--count',
      '50',
      '--rate',
      '50',
      '--duration',
      '4s',
      '--probe',
    );
    expect(code, stderr).toBe(0);
    const { sent } = summary.messages;
    expect((summary as RunReport).probe?.filters).toMatchObject([
      { filter: '/topic/qos0/+', sent, delivered: sent, lost: 0, duplicated: 0, foreign: 0 },
    ]);
    const [probe] = [...readMosquittoLog(broker.log()).values()].filter(({ id }) => id.startsWith('emu-probe-'));
    expect(probe?.connects).toMatchObject([{ username: 'emu-probe' }]);
  });

  test('a fleet whose root mosquitto does not know is refused, and the summary says so', async () => {
    const { summary, code } = await run('stranger', '--count', '20', '--duration', '3s');
    expect(code).toBe(1);
    expect(summary.devices).toMatchObject({ arrived: 20, connected: 0, failed: 20 });
    expect(summary.causes).toMatchObject([
      { cause: expect.stringMatching(/unknown_ca/), count: 20, example: expect.any(String) },
    ]);
    expect(readMosquittoLog(broker.log()).size).toBe(0);
  });

  test('all devices come back when mosquitto was killed and restarted', async () => {
    const running = run('fleet', '--count', '50', '--rate', '50', '--duration', '40s');
    await vi.waitFor(() => expect(readMosquittoLog(broker.log()).size).toBe(50), { timeout: 15_000, interval: 100 });
    const killed = Date.now() / 1000;
    await broker.kill9();
    await delay(2000);
    await broker.restart();

    const { summary, code } = await running;
    expect(code).toBe(0);
    expect(summary.devices).toMatchObject({ connected: 50, failed: 0 });
    expect(summary.disconnections.reduce((sum, { count }) => sum + count, 0)).toBe(50);
    const clients = readMosquittoLog(broker.log());
    expect(clients.size).toBe(50);
    for (const { connects } of clients.values()) {
      expect(connects).toHaveLength(2);
      // 10 s nominal, rounded up to the state machine's 5 s steps, and one step more.
      const gap = (connects[1]?.at ?? 0) - killed;
      expect(gap).toBeGreaterThanOrEqual(13);
      expect(gap).toBeLessThanOrEqual(22);
    }
  }, 120_000);
});

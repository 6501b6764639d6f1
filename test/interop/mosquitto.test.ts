import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunReport } from '../../src/report/index.ts';
import { requireProgram } from '../support/interop.ts';
import { expectFirmwareScript, type MosquittoFleet, startMosquittoFleet } from '../support/mosquitto-fleet.ts';
import { readMosquittoLog } from '../support/mosquitto-log.ts';

const path = requireProgram('mosquitto', ['-h']);

describe.skipIf(path === undefined)('fleets against mosquitto', () => {
  let mosquitto: MosquittoFleet;

  beforeEach(async () => {
    mosquitto = await startMosquittoFleet(path ?? '');
  });
  afterEach(() => mosquitto?.stop());

  // On the shared topic every message goes to all: 250,000 deliveries for the first two of each device alone. Without
  // telemetry and at half the rate a small machine, mosquitto writing down each of them, keeps up.
  const profiles = [
    ['esp32-mqtts', ['--duration', '15s'], (id: string) => `/${id}`],
    ['esp32-mqtts-shared', ['--rate', '50', '--interval', '60s', '--duration', '40s'], () => ''],
  ] as const;

  test.each(profiles)(
    '500 devices of %s do what the firmware does, each under its own name',
    async (profile, pace, suffix) => {
      const { summary, code, stderr } = await mosquitto.run('fleet', '--profile', profile, ...pace);
      expect(summary.devices, stderr).toEqual({
        planned: 500,
        arrived: 500,
        connected: 500,
        failed: 0,
        not_started: 0,
        connected_at_end: 500,
        boot_failed: 0,
      });
      expect([code, summary.causes, summary.disconnections]).toEqual([0, [], []]);

      expectFirmwareScript(mosquitto.broker.log(), 500, suffix);
    },
    120_000,
  );

  test('the probe sees every publish once, under a certificate of the fleet', async () => {
    const { summary, code, stderr } = await mosquitto.run(
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
    const [probe] = [...readMosquittoLog(mosquitto.broker.log()).values()].filter(({ id }) =>
      id.startsWith('emu-probe-'),
    );
    expect(probe?.connects).toMatchObject([{ username: 'emu-probe' }]);
  });

  test('a fleet whose root mosquitto does not know is refused, and the summary says so', async () => {
    const { summary, code } = await mosquitto.run('stranger', '--count', '20', '--duration', '3s');
    expect(code).toBe(1);
    expect(summary.devices).toMatchObject({ arrived: 20, connected: 0, failed: 20 });
    expect(summary.causes).toEqual([
      {
        cause: expect.stringMatching(/unknown_ca/),
        code: 'tls.ALERT_unknown_ca',
        side: 'broker',
        count: 20,
        example: expect.any(String),
      },
    ]);
    expect(readMosquittoLog(mosquitto.broker.log()).size).toBe(0);
  });

  test('all devices come back when mosquitto was killed and restarted', async () => {
    const running = mosquitto.run('fleet', '--count', '50', '--rate', '50', '--duration', '32s');
    await vi.waitFor(() => expect(readMosquittoLog(mosquitto.broker.log()).size).toBe(50), {
      timeout: 15_000,
      interval: 100,
    });
    const killed = Date.now() / 1000;
    await mosquitto.broker.kill9();
    await delay(2000);
    await mosquitto.broker.restart();

    const { summary, code } = await running;
    expect(code).toBe(0);
    expect(summary.devices).toMatchObject({ connected: 50, failed: 0 });
    expect(summary.disconnections.reduce((sum, { count }) => sum + count, 0)).toBe(50);
    const clients = readMosquittoLog(mosquitto.broker.log());
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

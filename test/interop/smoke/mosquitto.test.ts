import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireProgram } from '../../support/interop.ts';
import { expectFirmwareScript, type MosquittoFleet, startMosquittoFleet } from '../../support/mosquitto-fleet.ts';

const path = requireProgram('mosquitto', ['-h']);

describe.skipIf(path === undefined)('a small fleet against mosquitto', () => {
  let mosquitto: MosquittoFleet;

  beforeAll(async () => {
    mosquitto = await startMosquittoFleet(path ?? '');
  });
  afterAll(() => mosquitto?.stop());

  test('does what the firmware does, each device under its own name', async () => {
    const line = ['--count', '10', '--rate', '50', '--duration', '4s'];
    const { summary, code, stderr } = await mosquitto.run('fleet', ...line);
    expect(summary.devices, stderr).toMatchObject({ connected: 10, failed: 0 });
    expect([code, summary.causes, summary.disconnections]).toEqual([0, [], []]);
    expectFirmwareScript(mosquitto.broker.log(), 10, (id) => `/${id}`);
  });
});

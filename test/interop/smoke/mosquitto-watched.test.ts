import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunReport } from '../../../src/report/index.ts';
import { requireProgram } from '../../support/interop.ts';
import { type MosquittoFleet, startMosquittoFleet } from '../../support/mosquitto-fleet.ts';

const path = requireProgram('mosquitto', ['-h']);

describe.skipIf(path === undefined)('a mosquitto that is watched', () => {
  let mosquitto: MosquittoFleet;

  beforeAll(async () => {
    mosquitto = await startMosquittoFleet(path ?? '', { settings: ['sys_interval 1'] });
  });
  afterAll(() => mosquitto?.stop());

  test('has its process and its own figures in the summary', async () => {
    const { pid } = mosquitto.broker;
    const line = ['--count', '20', '--rate', '20', '--duration', '5s', '--broker-pid', `${pid}`, '--broker-sys'];
    const { summary, code, stderr } = await mosquitto.run('fleet', ...line);
    expect(code, stderr).toBe(0);
    const { broker, probe } = summary as RunReport;
    expect(probe).toBeUndefined();
    if (broker?.pid === undefined) throw new Error('no process in the summary');
    expect(broker).toMatchObject({ pid, ended: false });
    expect(broker.cpu_seconds).toBeGreaterThan(0);
    expect(broker.cpu_share_max).toBeGreaterThanOrEqual(broker.cpu_share_mean);
    expect(broker.rss_bytes_max).toBeGreaterThan(2 ** 20);
    // The devices, the reader of the figures and the listener.
    expect(broker.sockets_max).toBeGreaterThanOrEqual(22);
    expect(broker.sys?.clients_connected).toMatchObject({ max: 21 });
    expect(broker.sys?.messages_received_per_minute?.max).toBeGreaterThan(20);
  });

  test('only its own figures, beside the probe', async () => {
    const line = ['--count', '3', '--rate', '20', '--duration', '3s', '--broker-sys', '--probe'];
    const { summary } = await mosquitto.run('fleet', ...line);
    const { broker, probe } = summary as RunReport;
    expect(Object.keys(broker ?? {})).toEqual(['sys']);
    expect(probe?.filters).toMatchObject([{ filter: '/topic/qos0/+', lost: 0 }]);
  });
});

import { expect, test } from 'vitest';
import { type Paint, type RunReport, summaryText } from '../../../src/report/index.ts';

const plain: Paint = (_style, text) => text;
const latency = (count: number, p50: number, p95: number, p99: number, max: number) => ({ count, p50, p95, p99, max });

const REPORT: RunReport = {
  schema: 'emu-run-summary/1',
  devices: { planned: 500, arrived: 500, connected: 498, failed: 2, not_started: 0 },
  causes: [
    {
      cause: 'TCP: connection refused',
      code: 'tcp.ECONNREFUSED',
      side: 'broker',
      count: 2,
      example: 'device 7: connect ECONNREFUSED 10.0.0.1:8883',
    },
  ],
  disconnections: [],
  tcp_ms: latency(500, 0.211, 0.4, 0.871, 3.2),
  tls_ms: latency(498, 6.12, 9.8, 14.31, 31.9),
  connack_ms: latency(498, 1.02, 2.1, 3.33, 9.04),
  telemetry_ms: latency(498, 10_081, 10_120, 10_150, 10_201),
  echo_ms: latency(1900, 1.4, 2.9, 5.21, 12.6),
  echo_measurable: true,
  messages: { sent: 2490, received: 2390 },
  bytes: { sent: 1_835_008, received: 1_468_006 },
  chip_commands: 19_500,
  cpu_us_per_device: 1240,
  rss_bytes_per_device: 24_576,
  workers: { count: 1, ended: [] },
  generator: { late_seconds: 0, late_ms_max: 0 },
  run: {
    profile: 'esp32-mqtts',
    broker: 'mqtts://10.0.0.1:8883',
    rate: 100,
    pace: 'fast',
    started: '2026-11-21T01:00:00.000Z',
    duration_ms: 30_000,
    interrupted: false,
    emu: '0.1.0',
  },
};

test('the summary is aligned and short', () => {
  expect(summaryText(REPORT, plain)).toBe(`\
500 devices of esp32-mqtts against mqtts://10.0.0.1:8883, in 30s

Devices  arrived  connected  failed
             500        498       2

Failed
  2  TCP: connection refused
     e.g. device 7: connect ECONNREFUSED 10.0.0.1:8883
     > Is the broker running, and does its TLS listener have this port?

Latency, ms          count     p50     p95     p99     max
  TCP connect          500   0.211   0.400   0.871    3.20
  TLS handshake        498    6.12    9.80    14.3    31.9
  MQTT CONNACK         498    1.02    2.10    3.33    9.04
  first telemetry *    498  10,081  10,120  10,150  10,201
  echo round trip    1,900    1.40    2.90    5.21    12.6
  * from the scheduled arrival

Traffic            sent  received
  messages        2,490     2,390
  bytes on TCP  1.8 MiB   1.4 MiB

Chip commands   19,500 (39.0 per device)
Load generator  1.24 ms CPU and 24.0 KiB memory per device
`);
});

test('an interrupted run says so and counts the devices that were not started', () => {
  const text = summaryText(
    {
      ...REPORT,
      devices: { planned: 500, arrived: 120, connected: 120, failed: 0, not_started: 380 },
      run: { ...REPORT.run, broker: null, duration_ms: 1200, interrupted: true },
    },
    plain,
  );
  expect(text).toContain('500 devices of esp32-mqtts against the embedded broker, interrupted after 1.2s');
  expect(text).toContain(`\
Devices  arrived  connected  failed  not started
             120        120       0          380
`);
});

test('an echo that cannot be measured is said, not shown as zero', () => {
  const text = summaryText({ ...REPORT, echo_measurable: false }, plain);
  expect(text).toContain('echo round trip    not measurable: the devices share a topic');
});

test('a run interrupted before its first device shows no empty tables', () => {
  const text = summaryText(
    {
      ...REPORT,
      devices: { planned: 500, arrived: 0, connected: 0, failed: 0, not_started: 500 },
      causes: [],
      run: { ...REPORT.run, duration_ms: 0, interrupted: true },
    },
    plain,
  );
  expect(text).toBe(`\
500 devices of esp32-mqtts against mqtts://10.0.0.1:8883, interrupted after 0ms

Devices  arrived  connected  failed  not started
               0          0       0          500
`);
});

test('workers are said where there are several, and those that ended before their devices', () => {
  const text = summaryText(
    {
      ...REPORT,
      workers: {
        count: 2,
        ended: [{ worker: 1, reason: 'killed by SIGKILL', devices: 1250, connected: 1240, not_started: 3 }],
      },
    },
    plain,
  );
  expect(text).toContain(`
Workers that ended
  worker 1  killed by SIGKILL: 1,250 devices, 1,240 of them connected, 3 never started
`);
  expect(text).toMatch(/memory per device, in 2 workers and this process\n$/);
});

test('a late load generator says so, and holds nothing against the broker for that time', () => {
  const [refused] = REPORT.causes;
  if (refused === undefined) throw new Error('the report has no cause');
  const late = { ...REPORT, generator: { late_seconds: 3.14, late_ms_max: 3004 } };
  const all = summaryText({ ...late, causes: [{ ...refused, while_late: 2 }] }, plain);
  expect(all).not.toContain('Is the broker running');
  expect(all).toContain('     > The load generator was late at that time, so this says nothing about the broker.\n');
  expect(all).toMatch(/\n {16}late for 3\.1s in all, 3,004 ms at most at a time; the latencies include this\n$/);
  const some = summaryText({ ...late, causes: [{ ...refused, while_late: 1 }] }, plain);
  expect(some).toContain('Is the broker running');
});

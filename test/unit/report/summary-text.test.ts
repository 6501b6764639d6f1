import { expect, test } from 'vitest';
import type { CauseSummary, GeneratorSummary, NotSent } from '../../../src/metrics/index.ts';
import { type Paint, type RunReport, summaryText } from '../../../src/report/index.ts';

const plain: Paint = (_style, text) => text;
const latency = (count: number, p50: number, p95: number, p99: number, max: number) => ({ count, p50, p95, p99, max });

const notSent = (reasons: Partial<NotSent> = {}): NotSent => ({
  ...{ total: 0, before_first_connack: 0, no_connection: 0, too_large: 0, write_timeout: 0 },
  ...{ generator_late: 0, device_busy: 0, broker_stalled: 0, run_ended: 0 },
  ...reasons,
});

const FINE: GeneratorSummary = {
  ...{ verdict: 'fine', saturated_seconds: 0, periods: [], gaps: [] },
  loop_delay_ms: latency(600, 1, 2, 3, 40),
  arrivals_late_ms: latency(500, 0.4, 1, 2, 30),
  messages_late_ms: latency(1494, 0.5, 1, 2, 20),
  ...{ loop_busy_max: 0.52, cpu_max: 0.61, late_seconds: 0, late_ms_max: 0 },
};

const REPORT: RunReport = {
  schema: 'emu-run-summary/1',
  devices: {
    planned: 500,
    arrived: 500,
    connected: 498,
    failed: 2,
    not_started: 0,
    connected_at_end: 498,
    boot_failed: 0,
  },
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
  failed_attempts: [],
  outages: {
    ...{ connections_lost: 0, devices: 0, still_away: 0, periods: [], failed_reconnects: [] },
    away_ms: { count: 0, p50: null, p95: null, p99: null, max: null },
  },
  tcp_ms: latency(500, 0.211, 0.4, 0.871, 3.2),
  tls_ms: latency(498, 6.12, 9.8, 14.31, 31.9),
  connack_ms: latency(498, 1.02, 2.1, 3.33, 9.04),
  telemetry_ms: latency(498, 10_081, 10_120, 10_150, 10_201),
  echo_ms: latency(1900, 1.4, 2.9, 5.21, 12.6),
  echo_measurable: true,
  messages: {
    ...{
      due: 2500,
      sent: 2490,
      not_sent: notSent({ total: 10, before_first_connack: 2, no_connection: 8 }),
      received: 2390,
      overlooked: 0,
    },
    telemetry: { due: 1504, sent: 1494, not_sent: notSent({ total: 10, before_first_connack: 2, no_connection: 8 }) },
    script: { due: 996, sent: 996, not_sent: notSent() },
  },
  bytes: { sent: 1_835_008, received: 1_468_006 },
  chip_commands: 19_500,
  cpu_us_per_device: 1240,
  rss_bytes_per_device: 24_576,
  workers: { count: 1, ended: [] },
  generator: FINE,
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
Fault    the broker (2 failed attempts and lost connections)

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

Traffic           due     sent  not sent  received
  telemetry     1,504    1,494        10
  script          996      996         0
  messages      2,500    2,490        10     2,390
  bytes on TCP         1.8 MiB             1.4 MiB
  8 not sent: without a connection: the firmware does not queue them
  2 not sent: before the first CONNACK: the firmware's rhythm, no loss

Chip commands   19,500 (39.0 per device)
Load generator  fine; its own delays are in the latencies: p50 1.00 ms, p99 3.00 ms
                1.24 ms CPU and 24.0 KiB memory per device

Lost: 8 messages not sent, 2 devices never connected.
`);
});

test('an interrupted run says so and counts the devices that were not started', () => {
  const text = summaryText(
    {
      ...REPORT,
      devices: {
        planned: 500,
        arrived: 120,
        connected: 120,
        failed: 0,
        not_started: 380,
        connected_at_end: 120,
        boot_failed: 0,
      },
      chip_commands: 4680,
      run: { ...REPORT.run, broker: null, duration_ms: 1200, interrupted: true },
    },
    plain,
  );
  expect(text).toContain('500 devices of esp32-mqtts against the embedded broker, interrupted after 1.2s');
  expect(text).toContain(`\
Devices  arrived  connected  failed  not started
             120        120       0          380
`);
  // Per device that was there.
  expect(text).toContain('Chip commands   4,680 (39.0 per device)\n');
});

const unmeasured = { count: 0, p50: null, p95: null, p99: null, max: null };

const REGISTERED: RunReport = {
  ...REPORT,
  echo_measurable: false,
  run: { ...REPORT.run, profile: 'azure-dps', broker: null },
  provisioning: {
    ...{ began: 490, registered: 488, skipped: 10 },
    assigned: { 'hub-1.azure-devices.test': 300, 'hub-2.azure-devices.test': 188 },
    step_ms: {
      connect: latency(490, 12.1, 20.4, 31, 40.2),
      register: latency(489, 2.04, 5, 8.01, 60),
      assign: latency(488, 2003, 2010, 2031, 4050),
      hub: latency(488, 3010, 3020, 3100, 3200),
      record: latency(488, 0.9, 1.2, 2.5, 3),
    },
    answers: { 202: 1400, 200: 488, 429: 37 },
    retries: { 429: 37 },
  },
};

test('of devices that register it says how they came to their hubs', () => {
  const text = summaryText(REGISTERED, plain);
  expect(text).toContain('500 devices of azure-dps against the embedded cloud, in 30s\n');
  expect(text).toContain(`
Provisioning, ms           count    p50    p95    p99    max
  connected to the DPS       490   12.1   20.4   31.0   40.2
  first answer               489   2.04   5.00   8.01   60.0
  hub assigned               488  2,003  2,010  2,031  4,050
  hub tried, two messages    488  3,010  3,020  3,100  3,200
  record in the chip         488  0.900   1.20   2.50   3.00
  488 of 490 registrations ended with the hub in the chip
  10 devices had the hub in the chip already: no registration
  assigned: 300 to hub-1.azure-devices.test, 188 to hub-2.azure-devices.test
  answers: 488 × 200, 1,400 × 202, 37 × 429
  asked again after: 37 × 429

Latency, ms `);
  expect(text).toContain('Fault    the DPS or the hub (2 failed attempts and lost connections)\n');
  const process = {
    pid: 7,
    cpu_seconds: 1,
    cpu_share_mean: 0.1,
    cpu_share_max: 0.2,
    rss_bytes_max: 2 ** 20,
    sockets_max: 1,
  };
  const broker = { ...process, cpu_wait_share: 0, machine_busy_share: 0, starved: false, ended: false };
  expect(summaryText({ ...REGISTERED, broker }, plain)).toContain(
    '\nCloud           process 7: 10 % of a core on average',
  );
  // Nobody can subscribe to what a device publishes to an IoT Hub.
  expect(text).not.toMatch(/echo|--probe/);
});

test('of devices that all had their hub it says so in a line', () => {
  const nothing = {
    connect: unmeasured,
    register: unmeasured,
    assign: unmeasured,
    hub: unmeasured,
    record: unmeasured,
  };
  const provisioning = {
    began: 0,
    registered: 0,
    skipped: 1,
    assigned: {},
    step_ms: nothing,
    answers: {},
    retries: {},
  };
  expect(summaryText({ ...REGISTERED, provisioning }, plain)).toContain(`
Provisioning
  1 device had the hub in the chip already: no registration

Latency`);
  const none = { ...provisioning, skipped: 0 };
  expect(summaryText({ ...REGISTERED, provisioning: none }, plain)).not.toContain('Provisioning');
});

test('of registrations it says nothing that there was none of', () => {
  const changed = (change: object) =>
    summaryText({ ...REGISTERED, provisioning: { ...REGISTERED.provisioning, ...change } as never }, painted);
  const painted = (style: string, text: string) => `<${style}>${text}`;
  expect(changed({ skipped: 0 })).not.toContain('already');
  expect(changed({ skipped: 1 })).toContain('  1 device had the hub in the chip already');
  expect(changed({})).toContain('<yellow>  488 of 490 registrations');
  expect(changed({ registered: 490 })).not.toContain('<yellow>  490 of 490');
  expect(changed({ retries: {}, answers: {}, assigned: {} })).not.toMatch(/asked again|answers:|assigned:/);
  const hubs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`hub${i}`, 1]));
  expect(changed({ assigned: hubs(4) })).toContain('1 to hub3\n');
  expect(changed({ assigned: hubs(5) })).toContain('1 to hub3, 1 to 1 other hub\n');
});

test('of many hubs the first are told', () => {
  const assigned = { a: 9, b: 8, c: 7, d: 6, e: 5, f: 4 };
  const provisioning = { ...REGISTERED.provisioning, assigned } as NonNullable<RunReport['provisioning']>;
  expect(summaryText({ ...REGISTERED, provisioning }, plain)).toContain(
    '  assigned: 9 to a, 8 to b, 7 to c, 6 to d, 9 to 2 other hubs\n',
  );
});

test('an echo that cannot be measured is said, not shown as zero', () => {
  const text = summaryText({ ...REPORT, echo_measurable: false }, plain);
  expect(text).toContain('echo round trip    not measurable: the devices share a topic');
});

test('a run interrupted before its first device shows no empty tables', () => {
  const text = summaryText(
    {
      ...REPORT,
      devices: {
        planned: 500,
        arrived: 0,
        connected: 0,
        failed: 0,
        not_started: 500,
        connected_at_end: 0,
        boot_failed: 0,
      },
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
  expect(text).toMatch(/memory per device, in 2 workers and this process\n/);
});

test('a late load generator says so, and holds nothing against the broker for that time', () => {
  const timeout: CauseSummary = {
    ...{ cause: 'TLS: timed out', code: 'tls.TIMEOUT', side: 'broker', count: 2 },
    example: 'device 7: the TLS handshake did not end in time (10 s)',
  };
  const generator: GeneratorSummary = {
    ...FINE,
    ...{ verdict: 'saturated', saturated_seconds: 7 },
    periods: [
      { from_s: 3, to_s: 9 },
      { from_s: 20, to_s: 21 },
    ],
    gaps: [{ at_s: 12.3, ms: 3004 }],
    ...{ loop_busy_max: 0.987, late_seconds: 3.14, late_ms_max: 3004 },
  };
  const many = Array.from({ length: 300 }, (_, i) => ({ from_s: 9 * i, to_s: 9 * i + (i % 100 === 99 ? 4 : 1) }));
  const gaps = [3, 1, 9, 2, 5].map((at_s) => ({ at_s, ms: 1000 + at_s }));
  expect(
    summaryText({ ...REPORT, generator: { ...generator, saturated_seconds: 300, periods: many, gaps } }, plain),
  ).toContain(`saturated in 300 s (891 to 895 s, 1791 to 1795 s, 2691 to 2695 s, and 297 more times): what was measured then may be its own
                1.24 ms CPU and 24.0 KiB memory per device
                it did not run for 1.0 s until 3.0 s: stopped, suspended or without a CPU
                it did not run for 1.0 s until 5.0 s: stopped, suspended or without a CPU
                it did not run for 1.0 s until 9.0 s: stopped, suspended or without a CPU
                and 2 more times
`);
  const late = { ...REPORT, generator, tls_ms: { ...REPORT.tls_ms, while_late: 31 } };
  const all = summaryText({ ...late, causes: [{ ...timeout, while_late: 2 }] }, plain);
  expect(all).not.toContain('silent or too slow');
  expect(all).toContain('     > The load generator was late at that time, so this says nothing about the broker.\n');
  expect(all).toContain(`
Latency, ms          count     p50     p95     p99     max  late **
  TCP connect          500   0.211   0.400   0.871    3.20        0
  TLS handshake        498    6.12    9.80    14.3    31.9       31
`);
  expect(all).toContain(`
Load generator  saturated in 7 s (3 to 9 s, 20 to 21 s): what was measured then may be its own
                1.24 ms CPU and 24.0 KiB memory per device
                it did not run for 3.0 s until 12.3 s: stopped, suspended or without a CPU
                late for 3.1s in all, 3,004 ms at most at a time
                at work for up to 99 % of a second; more --workers, a lower --rate or another machine (--segment) would help
`);
  const some = summaryText({ ...late, causes: [{ ...timeout, while_late: 1 }] }, plain);
  expect(some).toContain('silent or too slow');
});

test('an outage stands in the first lines, with who is still away', () => {
  const text = summaryText(
    {
      ...REPORT,
      devices: { ...REPORT.devices, connected_at_end: 495 },
      causes: [],
      outages: {
        ...{ connections_lost: 510, devices: 498, still_away: 3 },
        periods: [
          { from_s: 12, to_s: 13, connections_lost: 498 },
          { from_s: 20, to_s: 22, connections_lost: 12 },
        ],
        away_ms: latency(507, 15_010, 15_200, 16_000, 18_020),
        failed_reconnects: [
          {
            cause: 'TCP: connection refused',
            code: 'tcp.ECONNREFUSED',
            side: 'broker',
            count: 1000,
            example: 'device 1: …',
          },
        ],
      },
    },
    plain,
  );
  expect(text).toContain(`
Devices  arrived  connected  at the end  failed
             500        498         495       2
Fault    nothing failed

Outages
  498 devices lost 510 connections, at 12 to 13 s, 20 to 22 s
  away until they came back: p50 15,010 ms, p95 15,200 ms, max 18,020 ms
  1,000 attempts to come back failed: TCP: connection refused
  3 devices not connected at the end

Latency`);
  expect(text).toMatch(/\nLost: 8 messages not sent, 2 devices never connected, 3 not connected at the end\.\n$/);
});

test("what the firmware's quirk overlooked is told, where it is any", () => {
  expect(summaryText(REPORT, plain)).not.toContain('overlooked');
  expect(summaryText({ ...REPORT, messages: { ...REPORT.messages, overlooked: 1 } }, plain)).toContain(
    '  1 received and overlooked: the firmware handles only the first packet of a TLS record\n',
  );
});

test('devices that never came up are told apart', () => {
  const text = summaryText({ ...REPORT, devices: { ...REPORT.devices, boot_failed: 1 } }, plain);
  expect(text).toContain(`
Devices  arrived  connected  failed  of them at boot
             500        498       2                1
`);
});

test('nothing is lost only where a probe has seen it', () => {
  const whole = { ...REPORT.messages, not_sent: notSent({ total: 2, before_first_connack: 2 }) };
  const early: RunReport = { ...REPORT, devices: { ...REPORT.devices, failed: 0 }, messages: whole };
  const clean: RunReport = { ...early, messages: { ...whole, not_sent: notSent() } };
  const lastLine = (report: RunReport) => summaryText(report, plain).trimEnd().split('\n').at(-1);
  const filter = {
    ...{ filter: '#', sent: 2490, delivered: 2490, lost: 0, duplicated: 0, late: 0, foreign: 0 },
    ...{ telemetry: { sent: 2490, delivered: 2490, lost: 0 }, script: { sent: 0, delivered: 0, lost: 0 } },
    latency_ms: REPORT.echo_ms,
  };
  const probe = (lost: number) => ({ late_after_ms: 1000, disconnections: 0, filters: [{ ...filter, lost }, filter] });
  expect(lastLine(clean)).toBe('Every message that was due was sent; --probe says whether it arrived.');
  expect(lastLine(early)).toBe(
    'Every message that was due was sent, but for 2 before the first CONNACK; --probe says whether it arrived.',
  );
  const both = {
    ...early,
    messages: { ...whole, not_sent: notSent({ total: 3, before_first_connack: 2, run_ended: 1 }) },
  };
  expect(lastLine({ ...both, probe: probe(0) })).toBe(
    'Nothing lost; not sent: 2 before the first CONNACK and 1 on their way at the end.',
  );
  expect(lastLine({ ...clean, probe: probe(0) })).toBe('Nothing lost.');
  expect(lastLine({ ...clean, probe: probe(7) })).toBe('Lost: 7 not delivered.');
});

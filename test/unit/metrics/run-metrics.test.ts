import { beforeEach, describe, expect, test } from 'vitest';
import { ResourceMeter, RunMetrics } from '../../../src/metrics/index.ts';

const NOTHING = { count: 0, p50: null, p95: null, p99: null, max: null };

/** A process whose CPU time and memory are set by hand. */
const usage = { cpu: 0, rss: 0 };
const meter = { cpuUs: () => usage.cpu, rssBytes: () => usage.rss };

let metrics: RunMetrics;

beforeEach(() => {
  usage.cpu = 1000;
  usage.rss = 50_000_000;
  metrics = new RunMetrics(10, new ResourceMeter(meter));
});

function connect(k: number): void {
  metrics.arrived(k);
  metrics.tcpConnected(k, 1);
  metrics.tlsEstablished(k, 5);
  metrics.connected(k, 2);
}

test('the summary has exactly its keys, in the documented order', () => {
  connect(0);
  metrics.firstTelemetry(10_123);
  metrics.messageSent();
  metrics.messageSent();
  metrics.messageReceived();
  metrics.bytesSent(1500);
  metrics.bytesReceived(900);
  metrics.echo(4);
  metrics.chipCommands(39);
  const once = (ms: number) => ({ count: 1, p50: ms, p95: ms, p99: ms, max: ms });
  const summary = metrics.summary();
  expect(summary).toEqual({
    schema: 'emu-run-summary/1',
    devices: { planned: 10, arrived: 1, connected: 1, failed: 0, not_started: 9 },
    causes: [],
    disconnections: [],
    tcp_ms: once(1),
    tls_ms: once(5),
    connack_ms: once(2),
    telemetry_ms: once(10_123),
    echo_ms: once(4),
    echo_measurable: true,
    messages: { sent: 2, received: 1 },
    bytes: { sent: 1500, received: 900 },
    chip_commands: 39,
    cpu_us_per_device: 0,
    rss_bytes_per_device: 0,
  });
  expect(Object.keys(summary.tcp_ms)).toEqual(['count', 'p50', 'p95', 'p99', 'max']);
});

test('a run in which nothing happened has a summary', () => {
  usage.cpu = 9000;
  usage.rss = 60_000_000;
  const summary = metrics.summary();
  expect(summary.devices).toEqual({ planned: 10, arrived: 0, connected: 0, failed: 0, not_started: 10 });
  expect(summary.telemetry_ms).toEqual(NOTHING);
  expect(summary).toMatchObject({ cpu_us_per_device: 0, rss_bytes_per_device: 0 });
});

test('CPU counts from the first arrival, memory from before the fleet was made, both per arrived device', () => {
  usage.cpu = 501_000; // what making the fleet took
  metrics.startClock();
  connect(0);
  connect(1);
  usage.cpu = 507_000;
  usage.rss = 50_060_000;
  metrics.stopClock();
  usage.cpu = 900_000; // what closing it takes is not counted
  usage.rss = 99_000_000;
  const { cpu_us_per_device, rss_bytes_per_device } = metrics.summary();
  expect({ cpu_us_per_device, rss_bytes_per_device }).toEqual({
    cpu_us_per_device: 3000,
    rss_bytes_per_device: 30_000,
  });
});

test('a shared topic makes the echo not measurable', () => {
  metrics.echoNotMeasurable();
  expect(metrics.summary()).toMatchObject({ echo_measurable: false, echo_ms: NOTHING });
});

describe('failed devices', () => {
  test('count under the cause of their last failure', () => {
    for (const k of [0, 1, 2]) metrics.arrived(k);
    metrics.attemptFailed(0, 'tcp.ECONNREFUSED', 'first');
    metrics.attemptFailed(0, 'tls.ALERT_unknown_ca', 'second');
    metrics.attemptFailed(1, 'tcp.ECONNREFUSED', 'third');
    metrics.attemptFailed(2, 'tcp.ECONNREFUSED', 'fourth');
    const { causes, devices } = metrics.summary();
    expect(devices).toMatchObject({ arrived: 3, connected: 0, failed: 3 });
    expect(causes).toEqual([
      {
        ...{ cause: 'TCP: connection refused', code: 'tcp.ECONNREFUSED', side: 'broker' },
        ...{ count: 2, example: 'device 1: third' },
      },
      {
        ...{
          cause: 'TLS: the broker sent the fatal alert unknown_ca',
          code: 'tls.ALERT_unknown_ca',
          side: 'broker',
        },
        ...{ count: 1, example: 'device 0: second' },
      },
    ]);
  });

  test('are not those that connect in the end', () => {
    metrics.arrived(0);
    metrics.attemptFailed(0, 'tcp.ECONNREFUSED', 'x');
    expect(metrics.snapshot()).toMatchObject({ failed: 1, connecting: 0, connected: 0 });
    metrics.tcpConnected(0, 1);
    metrics.tlsEstablished(0, 1);
    metrics.connected(0, 1);
    expect(metrics.snapshot()).toMatchObject({ failed: 0, connecting: 0, connected: 1 });
    expect(metrics.summary()).toMatchObject({ devices: { failed: 0, connected: 1 }, causes: [] });
  });

  test('say how far they came when their first attempt never ended', () => {
    for (const k of [0, 1, 2]) metrics.arrived(k);
    for (const k of [1, 2]) metrics.tcpConnected(k, 1);
    metrics.tlsEstablished(2, 1);
    expect(metrics.summary().causes).toMatchObject([
      { cause: 'TCP: connection not accepted by the end of the run', count: 1, example: 'device 0: still waiting' },
      { cause: 'TLS: handshake not finished by the end of the run', count: 1, example: 'device 1: still waiting' },
      { cause: 'MQTT: no CONNACK by the end of the run', count: 1, example: 'device 2: still waiting' },
    ]);
  });

  test('are not those that an interrupted run did not come to', () => {
    connect(0);
    metrics.arrived(1);
    metrics.attemptFailed(1, 'tcp.ECONNREFUSED', 'x');
    const { devices, causes } = metrics.summary();
    expect(devices).toEqual({ planned: 10, arrived: 2, connected: 1, failed: 1, not_started: 8 });
    expect(causes.map(({ count }) => count)).toEqual([1]);
  });
});

describe('connected devices that lose their broker', () => {
  test('stay connected in the summary, and their disconnections are counted', () => {
    connect(0);
    connect(1);
    metrics.disconnected(0, 'tcp.ECONNRESET', 'read ECONNRESET');
    metrics.disconnected(1, 'tcp.ECONNRESET', 'again');
    expect(metrics.snapshot()).toMatchObject({ connected: 0, connecting: 2, failed: 0 });
    metrics.attemptFailed(0, 'tcp.ECONNREFUSED', 'x');
    expect(metrics.snapshot()).toMatchObject({ connected: 0, connecting: 2, failed: 0 });
    metrics.connected(0, 1);
    expect(metrics.snapshot()).toMatchObject({ connected: 1, connecting: 1, failed: 0 });
    expect(metrics.summary()).toMatchObject({
      devices: { connected: 2, failed: 0 },
      causes: [],
      disconnections: [
        { cause: 'TCP: ECONNRESET', code: 'tcp.ECONNRESET', count: 2, example: 'device 0: read ECONNRESET' },
      ],
    });
  });
});

test('every cause is known from its first appearance', () => {
  metrics.arrived(3);
  metrics.attemptFailed(3, 'tcp.ECONNREFUSED', 'connect ECONNREFUSED');
  metrics.attemptFailed(3, 'tcp.ECONNREFUSED', 'again');
  expect(metrics.causesSeen).toEqual([{ code: 'tcp.ECONNREFUSED', example: 'device 3: connect ECONNREFUSED' }]);
});

import { beforeEach, describe, expect, test } from 'vitest';
import { causeOf } from '../../../src/causes/index.ts';
import { type NotSent, ResourceMeter, RunMetrics, ShardMetrics } from '../../../src/metrics/index.ts';
import { QUIET_REPORT } from '../../support/quiet-generator.ts';

const notSent = (reasons: Partial<NotSent> = {}) => ({
  ...{ total: 0, before_first_connack: 0, no_connection: 0, too_large: 0, write_timeout: 0 },
  ...{ generator_late: 0, device_busy: 0, broker_stalled: 0, run_ended: 0 },
  ...reasons,
});

const NOTHING = { count: 0, p50: null, p95: null, p99: null, max: null };

/** A process whose CPU time and memory are set by hand. */
const usage = { cpu: 0, rss: 0 };
const meter = { cpuUs: () => usage.cpu, rssBytes: () => usage.rss };

/** A shard's watch, late when a test says so. */
let late = false;
const generator = {
  get late() {
    return late;
  },
  take: () => ({ ...QUIET_REPORT, late, stalls: { maxMs: late ? 3000 : 0, totalMs: late ? 3400 : 0 } }),
  lateSince: () => late,
  publish: () => {},
};

/** The run's clock. */
let now = 0;
const sources = { clock: { now: () => now }, epoch: 1000, generator, chipCommands: () => 0 };

let chips = 0;
let metrics: RunMetrics;
let shard: ShardMetrics;

/** The run's metrics, after its one shard has said all. */
function measured(): RunMetrics {
  metrics.add(0, shard.take());
  metrics.shardStopped(0, shard.failures());
  return metrics;
}

beforeEach(() => {
  usage.cpu = 1000;
  usage.rss = 50_000_000;
  metrics = new RunMetrics(10, 1, new ResourceMeter(meter));
  late = false;
  now = 1000;
  chips = 0;
  shard = new ShardMetrics({ from: 0, to: 10 }, { ...sources, chipCommands: () => chips });
});

function connect(k: number): void {
  shard.arrived(k);
  shard.tcpConnected(k, 1);
  shard.tlsEstablished(k, 5);
  shard.connected(k, 2);
}

test('the summary has exactly its keys, in the documented order', () => {
  connect(0);
  shard.firstTelemetry(10_123);
  shard.messagesDue('telemetry', 4);
  shard.messageSent('telemetry');
  shard.messagesNotSent('telemetry', 'before_first_connack', 2);
  shard.messagesDue('script', 1);
  shard.messageSent('script');
  shard.messageReceived();
  shard.bytesSent(1500);
  shard.bytesReceived(900);
  shard.echo(4);
  chips = 39;
  const once = (ms: number) => ({ count: 1, p50: ms, p95: ms, p99: ms, max: ms });
  const summary = measured().summary();
  expect(summary).toEqual({
    schema: 'emu-run-summary/1',
    devices: {
      ...{ planned: 10, arrived: 1, connected: 1, failed: 0, not_started: 9 },
      ...{ connected_at_end: 1, boot_failed: 0 },
    },
    causes: [],
    disconnections: [],
    failed_attempts: [],
    outages: {
      ...{ connections_lost: 0, devices: 0, still_away: 0, periods: [], failed_reconnects: [] },
      away_ms: NOTHING,
    },
    tcp_ms: once(1),
    tls_ms: once(5),
    connack_ms: once(2),
    telemetry_ms: once(10_123),
    echo_ms: once(4),
    echo_measurable: true,
    messages: {
      ...{
        due: 5,
        sent: 2,
        not_sent: notSent({ total: 3, before_first_connack: 2, run_ended: 1 }),
        received: 1,
        overlooked: 0,
      },
      telemetry: { due: 4, sent: 1, not_sent: notSent({ total: 3, before_first_connack: 2, run_ended: 1 }) },
      script: { due: 1, sent: 1, not_sent: notSent() },
    },
    bytes: { sent: 1500, received: 900 },
    chip_commands: 39,
    cpu_us_per_device: 0,
    rss_bytes_per_device: 0,
    workers: { count: 1, ended: [] },
    generator: {
      ...{ verdict: 'fine', saturated_seconds: 0, periods: [], gaps: [], loop_busy_max: 0, cpu_max: 0 },
      ...{ loop_delay_ms: NOTHING, arrivals_late_ms: NOTHING, messages_late_ms: NOTHING },
      ...{ late_seconds: 0, late_ms_max: 0 },
    },
  });
  expect(Object.keys(summary.tcp_ms)).toEqual(['count', 'p50', 'p95', 'p99', 'max']);
});

test('a run in which nothing happened has a summary', () => {
  usage.cpu = 9000;
  usage.rss = 60_000_000;
  const summary = measured().summary();
  expect(summary.devices).toMatchObject({ planned: 10, arrived: 0, connected: 0, failed: 0, not_started: 10 });
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
  const { cpu_us_per_device, rss_bytes_per_device } = measured().summary();
  expect({ cpu_us_per_device, rss_bytes_per_device }).toEqual({
    cpu_us_per_device: 3000,
    rss_bytes_per_device: 30_000,
  });
});

test('a shared topic makes the echo not measurable', () => {
  metrics.echoNotMeasurable();
  expect(measured().summary()).toMatchObject({ echo_measurable: false, echo_ms: NOTHING });
});

describe('failed devices', () => {
  test('count under the cause of their last failure', () => {
    for (const k of [0, 1, 2]) shard.arrived(k);
    shard.attemptFailed(0, 'tcp.ECONNREFUSED', 'first');
    shard.attemptFailed(0, 'tls.ALERT_unknown_ca', 'second');
    shard.attemptFailed(1, 'tcp.ECONNREFUSED', 'third');
    shard.attemptFailed(2, 'tcp.ECONNREFUSED', 'fourth');
    const { causes, devices } = measured().summary();
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

  test('may be some whose boot failed: an attempt like any other, and for good', () => {
    shard.arrived(4);
    late = true;
    shard.bootFailed(4, 'chip.EMU_E_CHIP_WAKE', 'no chip');
    const { causes, failed_attempts, devices } = measured().summary();
    expect(devices).toMatchObject({ failed: 1, boot_failed: 1 });
    for (const list of [causes, failed_attempts]) {
      expect(list).toMatchObject([{ code: 'chip.EMU_E_CHIP_WAKE', count: 1, example: 'device 4: no chip' }]);
      expect(list[0]).not.toHaveProperty('while_late');
    }
  });

  test('are not those that connect in the end', () => {
    shard.arrived(0);
    shard.attemptFailed(0, 'tcp.ECONNREFUSED', 'x');
    expect(measured().snapshot()).toMatchObject({ failed: 1, connecting: 0, connected: 0 });
    shard.tcpConnected(0, 1);
    shard.tlsEstablished(0, 1);
    shard.connected(0, 1);
    expect(measured().snapshot()).toMatchObject({ failed: 0, connecting: 0, connected: 1 });
    expect(measured().summary()).toMatchObject({ devices: { failed: 0, connected: 1 }, causes: [] });
  });

  test('say how far they came when their first attempt never ended', () => {
    for (const k of [0, 1, 2]) shard.arrived(k);
    for (const k of [1, 2]) shard.tcpConnected(k, 1);
    shard.tlsEstablished(2, 1);
    expect(measured().summary().causes).toMatchObject([
      { cause: 'TCP: connection not accepted by the end of the run', count: 1, example: 'device 0: still waiting' },
      { cause: 'TLS: handshake not finished by the end of the run', count: 1, example: 'device 1: still waiting' },
      { cause: 'MQTT: no CONNACK by the end of the run', count: 1, example: 'device 2: still waiting' },
    ]);
  });

  test('are not those that an interrupted run did not come to', () => {
    connect(0);
    shard.arrived(1);
    shard.attemptFailed(1, 'tcp.ECONNREFUSED', 'x');
    const { devices, causes } = measured().summary();
    expect(devices).toMatchObject({ planned: 10, arrived: 2, connected: 1, failed: 1, not_started: 8 });
    expect(causes.map(({ count }) => count)).toEqual([1]);
  });
});

describe('connected devices that lose their broker', () => {
  test('stay connected in the summary, and their disconnections are counted', () => {
    connect(0);
    connect(1);
    shard.disconnected(0, 'tcp.ECONNRESET', 'read ECONNRESET');
    shard.disconnected(1, 'tcp.ECONNRESET', 'again');
    expect(measured().snapshot()).toMatchObject({ connected: 0, connecting: 2, failed: 0 });
    shard.attemptFailed(0, 'tcp.ECONNREFUSED', 'x');
    expect(measured().snapshot()).toMatchObject({ connected: 0, connecting: 2, failed: 0 });
    shard.connected(0, 1);
    expect(measured().snapshot()).toMatchObject({ connected: 1, connecting: 1, failed: 0 });
    expect(measured().summary()).toMatchObject({
      devices: { connected: 2, failed: 0 },
      causes: [],
      disconnections: [
        { cause: 'TCP: ECONNRESET', code: 'tcp.ECONNRESET', count: 2, example: 'device 0: read ECONNRESET' },
      ],
    });
  });
});

test('recent latencies are those since the last look, and the summary has all', () => {
  connect(0);
  shard.echo(4);
  const run = measured();
  expect(run.takeRecent()).toEqual({ connackP99: 2, echoP99: 4 });
  expect(run.takeRecent()).toEqual({ connackP99: null, echoP99: null });
  shard.echo(1);
  expect(measured().takeRecent()).toEqual({ connackP99: null, echoP99: 1 });
  expect(run.summary()).toMatchObject({ connack_ms: { count: 1 }, echo_ms: { count: 2, max: 4 } });
});

test('a registration that is not over has a cause, by the last answer of the DPS', () => {
  const answers: [status: number, words: string][] = [
    [0, 'provisioning: registration not answered by the end of the run'],
    [202, 'provisioning: still assigning (202) at the end of the run'],
    [429, 'provisioning: still put off (429 and above) at the end of the run'],
    [503, 'provisioning: still put off (429 and above) at the end of the run'],
  ];
  for (const [status, cause] of answers) {
    const shard = new ShardMetrics({ from: 0, to: 1 }, sources);
    shard.arrived(0);
    shard.registering(0, 0);
    shard.registering(0, status);
    expect(shard.failures().map(({ code, example }) => [causeOf(code).words, example])).toEqual([
      [cause, 'device 0: still waiting'],
    ]);
    // Then the hub is dialled, and the registration is no cause any more.
    shard.connecting(0);
    expect(shard.failures()).toMatchObject([{ code: 'tcp.UNFINISHED' }]);
    shard.connected(0, 1);
    expect(shard.failures()).toEqual([]);
  }
});

test('every cause is known from its first appearance', () => {
  shard.arrived(3);
  shard.attemptFailed(3, 'tcp.ECONNREFUSED', 'connect ECONNREFUSED');
  shard.attemptFailed(3, 'tcp.ECONNREFUSED', 'again');
  expect(measured().causesSeen).toEqual([
    { code: 'tcp.ECONNREFUSED', count: 2, late: 0, example: 'device 3: connect ECONNREFUSED' },
  ]);
});

describe('a late load generator', () => {
  test('is known by its stalls, and so is what failed during them', () => {
    for (const k of [0, 1, 2]) shard.arrived(k);
    shard.attemptFailed(0, 'tls.TIMEOUT', 'in time');
    late = true;
    shard.attemptFailed(0, 'tls.TIMEOUT', 'late');
    shard.attemptFailed(1, 'tls.TIMEOUT', 'late');
    const { causes, generator } = measured().summary();
    expect(generator).toMatchObject({ late_seconds: 3.4, late_ms_max: 3000 });
    expect(causes).toMatchObject([
      { code: 'tls.TIMEOUT', count: 2, while_late: 2 },
      { code: 'tcp.UNFINISHED', count: 1, while_late: 1 },
    ]);
    expect(metrics.causesSeen).toMatchObject([
      { code: 'tls.TIMEOUT', count: 3, late: 2, example: 'device 0: in time' },
    ]);
    expect(metrics.snapshot().lateMs).toBe(3400);
  });

  test('excuses no later failure of the same device', () => {
    shard.arrived(0);
    late = true;
    shard.attemptFailed(0, 'tls.TIMEOUT', 'late');
    late = false;
    shard.attemptFailed(0, 'tls.TIMEOUT', 'in time');
    const { causes, failed_attempts } = measured().summary();
    expect(failed_attempts).toMatchObject([{ code: 'tls.TIMEOUT', count: 2, while_late: 1 }]);
    expect(causes.map(({ code, count, while_late }) => [code, count, while_late])).toEqual([
      ['tls.TIMEOUT', 1, undefined],
    ]);
  });

  test('is as late as the latest of its workers', () => {
    const two = new RunMetrics(2, 2, new ResourceMeter(meter));
    const other = new ShardMetrics(
      { from: 1, to: 2 },
      {
        ...sources,
        generator: {
          ...generator,
          late: true,
          take: () => ({ ...QUIET_REPORT, late: true, stalls: { maxMs: 500, totalMs: 4000 } }),
        },
      },
    );
    late = true;
    two.add(0, shard.take());
    two.add(1, other.take());
    expect(two.summary().generator).toMatchObject({ late_seconds: 4, late_ms_max: 3000 });
  });
});

test('a load generator that is late has no part in what it cannot have made', () => {
  for (const k of [0, 1, 2]) connect(k);
  shard.arrived(3);
  late = true;
  shard.attemptFailed(3, 'tls.EMU_E_TLS_UNKNOWN_CA', 'refused');
  shard.disconnected(0, 'tls.ALERT_access_denied', 'refused');
  shard.disconnected(1, 'tls.CLOSE_NOTIFY', 'closed');
  const { failed_attempts, disconnections } = measured().summary();
  expect([...failed_attempts, ...disconnections].map(({ code, while_late }) => [code, while_late])).toEqual([
    ['tls.EMU_E_TLS_UNKNOWN_CA', undefined],
    ['tls.ALERT_access_denied', undefined],
    ['tls.CLOSE_NOTIFY', 1],
  ]);
});

describe('a worker that ends', () => {
  test('takes connections with it that are lost then, and devices that lost one before lose no second', () => {
    metrics.startClock();
    connect(0);
    connect(1);
    connect(2);
    shard.disconnected(0, 'tls.CLOSE_NOTIFY', 'closed');
    shard.disconnected(1, 'tls.CLOSE_NOTIFY', 'closed');
    shard.connected(1, 1);
    metrics.add(0, shard.take());
    metrics.shardEnded(0, 10, 'killed by SIGKILL');
    const { outages, disconnections } = metrics.summary();
    expect(outages).toMatchObject({ connections_lost: 4, devices: 3, still_away: 3 });
    expect(disconnections.reduce((sum, { count }) => sum + count, 0)).toBe(4);
  });

  test('leaves its devices failed, lost or not started, as its last message has them', () => {
    connect(0);
    shard.arrived(1);
    shard.attemptFailed(1, 'tcp.ECONNREFUSED', 'x');
    shard.arrived(2);
    metrics.add(0, shard.take());
    metrics.shardEnded(0, 10, 'killed by SIGKILL');
    // A message that comes later than the end of its process is known.
    shard.arrived(3);
    metrics.add(0, shard.take());
    expect(metrics.snapshot()).toMatchObject({ arrived: 3, connected: 0, connecting: 0, failed: 2, gone: 1 });
    const { devices, causes, disconnections, outages, workers } = metrics.summary();
    expect(outages).toMatchObject({ connections_lost: 1, devices: 1, still_away: 1 });
    expect(outages.periods).toMatchObject([{ connections_lost: 1 }]);
    expect(devices).toMatchObject({ planned: 10, arrived: 3, connected: 1, failed: 2, not_started: 7 });
    const ended = { code: 'generator.WORKER_ENDED', side: 'generator', example: 'worker 0: killed by SIGKILL' };
    expect(causes).toMatchObject([{ ...ended, count: 2 }]);
    expect(disconnections).toMatchObject([{ ...ended, count: 1 }]);
    expect(workers.ended).toEqual([
      { worker: 0, reason: 'killed by SIGKILL', devices: 10, connected: 1, not_started: 7 },
    ]);
  });

  test('before it said anything leaves all of them not started', () => {
    metrics.shardEnded(0, 10, 'killed by SIGKILL');
    expect(metrics.summary()).toMatchObject({ devices: { arrived: 0, failed: 0, not_started: 10 }, causes: [] });
  });
});

test('processes add up: the coordinator and every worker that has one of its own', () => {
  const workers = [
    { cpu: 0, rss: 0 },
    { cpu: 0, rss: 0 },
  ];
  const two = new RunMetrics(2, 2, new ResourceMeter(meter));
  const shards = workers.map((use, k) => {
    const own = new ResourceMeter({ cpuUs: () => use.cpu, rssBytes: () => use.rss });
    return new ShardMetrics({ from: k, to: k + 1 }, { ...sources, chipCommands: () => 8, resources: own });
  });
  shards.forEach((own, k) => {
    own.arrived(k);
    Object.assign(workers[k] ?? {}, { cpu: 100 * (k + 1), rss: 1000 * (k + 1) });
    two.add(k, own.take());
  });
  usage.cpu += 10;
  usage.rss += 500;
  expect(two.summary()).toMatchObject({
    cpu_us_per_device: 310 / 2,
    rss_bytes_per_device: 3500 / 2,
    chip_commands: 16,
  });
});

test('an attempt is judged from where it began, without the wait before it', () => {
  const stalledAt = 14_000;
  const own = new ShardMetrics(
    { from: 0, to: 1 },
    { ...sources, generator: { ...generator, lateSince: (at: number) => at < stalledAt } },
  );
  own.arrived(0);
  own.connected(0, 1);
  now = 12_000;
  own.disconnected(0, 'tls.CLOSE_NOTIFY', 'closed');
  now = 27_000;
  own.connecting(0);
  now = 37_000;
  own.attemptFailed(0, 'tcp.TIMEOUT', 'no answer');
  now = 52_000;
  own.attemptFailed(0, 'tcp.TIMEOUT', 'no answer');
  metrics.add(0, own.take());
  expect(metrics.causesSeen).toMatchObject([{ code: 'tcp.TIMEOUT', count: 2, late: 0 }]);
});

describe('an outage', () => {
  test('is one where losses are less than two seconds apart', () => {
    for (const k of [0, 1, 2]) connect(k);
    for (const [k, at] of [13_000, 15_000, 18_000].entries()) {
      now = at;
      shard.disconnected(k, 'tls.CLOSE_NOTIFY', 'closed');
    }
    expect(measured().summary().outages.periods).toEqual([
      { from_s: 12, to_s: 15, connections_lost: 2 },
      { from_s: 17, to_s: 18, connections_lost: 1 },
    ]);
  });

  test('is when connections were lost, for how long, and who is still away', () => {
    for (const k of [0, 1, 2]) connect(k);
    now = 13_500;
    for (const k of [0, 1]) shard.disconnected(k, 'tls.CLOSE_NOTIFY', 'closed');
    now = 14_100;
    shard.disconnected(2, 'tls.CLOSE_NOTIFY', 'closed');
    now = 28_600;
    for (const k of [0, 1, 2]) shard.attemptFailed(k, 'tcp.ECONNREFUSED', 'refused');
    now = 30_000;
    shard.connected(0, 1);
    shard.connected(2, 1);
    now = 60_000;
    shard.disconnected(0, 'tls.CLOSE_NOTIFY', 'closed');
    const { devices, outages, failed_attempts } = measured().summary();
    expect(devices).toMatchObject({ connected: 3, failed: 0, connected_at_end: 1 });
    expect(outages).toMatchObject({
      ...{ connections_lost: 4, devices: 3, still_away: 2 },
      periods: [
        { from_s: 12, to_s: 14, connections_lost: 3 },
        { from_s: 59, to_s: 60, connections_lost: 1 },
      ],
      away_ms: { count: 2, max: 16_500 },
      failed_reconnects: [{ code: 'tcp.ECONNREFUSED', count: 3 }],
    });
    expect(failed_attempts).toMatchObject([{ code: 'tcp.ECONNREFUSED', count: 3 }]);
  });

  test('is none when a device connects late', () => {
    shard.arrived(0);
    shard.attemptFailed(0, 'tcp.ECONNREFUSED', 'refused');
    connect(0);
    const { outages, failed_attempts } = measured().summary();
    expect(outages).toMatchObject({ connections_lost: 0, devices: 0, still_away: 0, failed_reconnects: [] });
    expect(failed_attempts).toMatchObject([{ code: 'tcp.ECONNREFUSED', count: 1 }]);
  });
});

test('a device whose boot failed has failed, and is told apart', () => {
  shard.arrived(0);
  shard.bootFailed(0, 'chip.EMU_E_CHIP_WAKE', 'no answer');
  const { devices, causes } = measured().summary();
  expect(devices).toMatchObject({ arrived: 1, connected: 0, failed: 1, boot_failed: 1 });
  expect(causes).toMatchObject([{ code: 'chip.EMU_E_CHIP_WAKE', count: 1, side: 'device' }]);
  expect(metrics.snapshot()).toMatchObject({ failed: 1, bootFailed: 1, connecting: 0 });
});

import { WORKER_ENDED } from '../causes/index.ts';
import { type CauseCount, CauseCounts } from './causes.ts';
import { GeneratorFigures } from './generator-figures.ts';
import { LatencyHistogram } from './latency.ts';
import { addMessages, type MessageCounts, noMessages, ofAllKinds } from './message-counts.ts';
import { Losses, secondOf } from './outages.ts';
import { ProvisioningFigures } from './provisioning.ts';
import { ResourceMeter } from './resources.ts';
import { type Counters, forEachLatency, LATENCIES, type MetricsDelta, noCounters } from './shard-metrics.ts';
import {
  type EndedWorker,
  type MessageAccount,
  type RecentLatencies,
  type RunSnapshot,
  type RunSummary,
  SUMMARY_SCHEMA,
} from './summary.ts';

/** What is known of one shard. */
interface ShardFigures {
  last?: MetricsDelta;
  /** Of its devices that never connected; known at its end. */
  failures?: readonly CauseCount[];
  ended?: EndedWorker;
}

/** Everything that is measured in one run of `planned` devices: what its shards send, added up. */
export class RunMetrics {
  readonly #planned: number;
  readonly #shards: readonly ShardFigures[];
  readonly #resources: ResourceMeter;
  readonly #totals = noCounters();
  readonly #latencies = forEachLatency(() => new LatencyHistogram());
  readonly #recent = { connack: new LatencyHistogram(), echo: new LatencyHistogram() };
  readonly #messages = noMessages();
  readonly #attempts = new CauseCounts();
  readonly #reconnects = new CauseCounts();
  readonly #disconnections = new CauseCounts();
  readonly #losses = new Losses();
  readonly #generator: GeneratorFigures;
  #startedAt = performance.now();
  #echoMeasurable = true;
  #provisioning: ProvisioningFigures | undefined;
  #measuredAt = performance.now();

  /** Create it before the devices are provisioned: the memory in use by then is not theirs. */
  constructor(planned: number, workers = 1, resources: ResourceMeter = new ResourceMeter()) {
    this.#planned = planned;
    this.#shards = Array.from({ length: workers }, () => ({}));
    this.#generator = new GeneratorFigures(workers);
    this.#resources = resources;
  }

  /** What shard `index` measured since its last message. */
  add(index: number, delta: MetricsDelta): void {
    const shard = this.#shard(index);
    // What was still on its way when the worker ended: its devices have been accounted for.
    if (shard.ended !== undefined) return;
    this.#measuredAt = performance.now();
    shard.last = delta;
    this.#generator.add(index, delta.generator);
    for (const name of Object.keys(this.#totals) as (keyof Counters)[]) this.#totals[name] += delta.counters[name];
    addMessages(this.#messages, delta.messages);
    this.#losses.addAll(delta.losses);
    if (delta.provisioning !== undefined) this.#provisioning?.add(delta.provisioning, delta.generator.late);
    for (const name of LATENCIES) {
      const counts = delta.latencies[name];
      if (counts !== undefined) this.#latencies[name].add(counts, delta.generator.late);
    }
    for (const name of ['connack', 'echo'] as const) {
      const counts = delta.latencies[name];
      if (counts !== undefined) this.#recent[name].add(counts);
    }
    for (const group of delta.attempts) this.#attempts.add(group);
    for (const group of delta.reconnects) this.#reconnects.add(group);
    for (const group of delta.disconnections) this.#disconnections.add(group);
  }

  /** The devices of shard `index` that never connected, at its end. */
  shardStopped(index: number, failures: readonly CauseCount[]): void {
    this.#shard(index).failures = failures;
  }

  /** The process of shard `index`, of `devices` devices, ended before the run did. */
  shardEnded(index: number, devices: number, reason: string): EndedWorker {
    const shard = this.#shard(index);
    const { arrived = 0, everConnected = 0, connectedNow = 0 } = shard.last?.devices ?? {};
    const example = `worker ${index}: ${reason}`;
    const lost = (count: number): CauseCount[] => (count > 0 ? [{ code: WORKER_ENDED, count, late: 0, example }] : []);
    for (const group of lost(connectedNow)) this.#disconnections.add(group);
    if (connectedNow > 0) this.#losses.add(secondOf(performance.now() - this.#startedAt), connectedNow);
    shard.failures = lost(arrived - everConnected);
    shard.ended = { worker: index, reason, devices, connected: connectedNow, not_started: devices - arrived };
    return shard.ended;
  }

  echoNotMeasurable(): void {
    this.#echoMeasurable = false;
  }

  /** The devices register at a DPS, where their chips have no record of a hub. */
  devicesRegister(): void {
    this.#provisioning = new ProvisioningFigures();
  }

  /** The first device arrives now: what provisioning the fleet cost is over. */
  startClock(): void {
    this.#startedAt = performance.now();
    this.#resources.firstArrival();
  }

  /** The run is over and its devices are still there. */
  stopClock(): void {
    this.#resources.end();
  }

  /** Causes of failed attempts in order of appearance, each with its first example. */
  get causesSeen(): readonly CauseCount[] {
    return this.#attempts.all();
  }

  snapshot(): RunSnapshot {
    const { arrived, connected, failed, gone, bootFailed } = this.#devices();
    return {
      measuredAt: this.#measuredAt,
      planned: this.#planned,
      arrived,
      connected,
      connecting: arrived - connected - failed - gone,
      failed,
      bootFailed,
      gone,
      traffic: { sent: ofAllKinds(this.#messages).sent, received: this.#totals.messagesReceived },
      messages: structuredClone(this.#messages),
      lateMs: this.#generator.lateMs,
      ...(this.#provisioning && { provisioning: this.#provisioning.counts }),
    };
  }

  /** Since the last call. */
  takeRecent(): RecentLatencies {
    const { connack, echo } = this.#recent;
    const taken = { connackP99: connack.percentile(99), echoP99: echo.percentile(99) };
    connack.reset();
    echo.reset();
    return taken;
  }

  summary(): RunSummary {
    const { arrived, everConnected, connected, bootFailed, lostOnce } = this.#devices();
    const { cpuUs, rssBytes } = this.#use();
    const perDevice = (total: number) => (arrived === 0 ? 0 : Math.round(total / arrived));
    const failures = new CauseCounts();
    for (const shard of this.#shards) for (const group of shard.failures ?? []) failures.add(group);
    return {
      schema: SUMMARY_SCHEMA,
      devices: {
        planned: this.#planned,
        arrived,
        connected: everConnected,
        failed: arrived - everConnected,
        not_started: this.#planned - arrived,
        connected_at_end: connected,
        boot_failed: bootFailed,
      },
      causes: failures.summary(),
      disconnections: this.#disconnections.summary(),
      failed_attempts: this.#attempts.summary(),
      outages: {
        connections_lost: this.#losses.total,
        devices: lostOnce,
        still_away: everConnected - connected,
        periods: this.#losses.periods(),
        away_ms: this.#latencies.away.summary(),
        failed_reconnects: this.#reconnects.summary(),
      },
      tcp_ms: this.#latencies.tcp.summary(),
      tls_ms: this.#latencies.tls.summary(),
      connack_ms: this.#latencies.connack.summary(),
      telemetry_ms: this.#latencies.telemetry.summary(),
      echo_ms: this.#latencies.echo.summary(),
      echo_measurable: this.#echoMeasurable,
      messages: {
        ...accountOf(ofAllKinds(this.#messages)),
        received: this.#totals.messagesReceived,
        overlooked: this.#totals.messagesOverlooked,
        telemetry: accountOf(this.#messages.telemetry),
        script: accountOf(this.#messages.script),
      },
      bytes: { sent: this.#totals.bytesSent, received: this.#totals.bytesReceived },
      chip_commands: this.#shards.reduce((sum, { last }) => sum + (last?.chipCommands ?? 0), 0),
      cpu_us_per_device: perDevice(cpuUs),
      rss_bytes_per_device: perDevice(rssBytes),
      workers: { count: this.#shards.length, ended: this.#shards.flatMap(({ ended }) => ended ?? []) },
      generator: this.#generator.summary(),
      ...(this.#provisioning && { provisioning: this.#provisioning.summary() }),
    };
  }

  #shard(index: number): ShardFigures {
    const shard = this.#shards[index];
    if (shard === undefined) throw new RangeError(`no shard ${index}`);
    return shard;
  }

  /** Where the devices stand; those of an ended worker have failed, or are gone. */
  #devices() {
    const sum = { arrived: 0, everConnected: 0, connected: 0, failed: 0, gone: 0, bootFailed: 0, lostOnce: 0 };
    for (const { last, ended } of this.#shards) {
      if (last === undefined) continue;
      const { arrived, everConnected, connectedNow, failing, bootFailed, lostOnce } = last.devices;
      sum.arrived += arrived;
      sum.everConnected += everConnected;
      sum.bootFailed += bootFailed;
      if (ended === undefined) {
        sum.lostOnce += lostOnce;
        sum.connected += connectedNow;
        sum.failed += failing;
      } else {
        sum.failed += arrived - everConnected;
        sum.gone += everConnected;
        sum.lostOnce += everConnected;
      }
    }
    return sum;
  }

  /** Of this process and of those of the shards. */
  #use() {
    const uses = [this.#resources.use(), ...this.#shards.flatMap(({ last }) => last?.use ?? [])];
    return {
      cpuUs: uses.reduce((sum, { cpuUs }) => sum + cpuUs, 0),
      rssBytes: uses.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    };
  }
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What was due and neither sent nor lost was on its way through the device when the run ended. */
function accountOf({ due, sent, notSent }: MessageCounts): MessageAccount {
  const lost = total(Object.values(notSent));
  return { due, sent, not_sent: { total: due - sent, ...notSent, run_ended: due - sent - lost } };
}

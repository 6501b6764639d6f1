import type { Time } from '../../emulator/clock/index.ts';
import type { MessageKind, NotSentReason, ProvisioningStep } from '../../emulator/device/index.ts';
import { type CauseCode, mayComeOfLateness } from '../causes/index.ts';
import { type CauseCount, CauseCounts } from './causes.ts';
import { type DeviceCounts, DeviceStates } from './device-states.ts';
import type { GeneratorReport, GeneratorWatch } from './generator-watch.ts';
import { type LatencyCounts, LatencyInterval } from './latency.ts';
import { type MessagesByKind, noMessages } from './message-counts.ts';
import type { FleetObserver } from './observer.ts';
import { Losses, type LossesBySecond, secondOf } from './outages.ts';
import { type ProvisioningCounts, type ProvisioningDelta, ProvisioningInterval } from './provisioning.ts';
import type { ResourceMeter, ResourceUse } from './resources.ts';

export const LATENCIES = ['tcp', 'tls', 'connack', 'telemetry', 'echo', 'away'] as const;
export type LatencyName = (typeof LATENCIES)[number];

export function forEachLatency<T>(make: () => T): Record<LatencyName, T> {
  return { tcp: make(), tls: make(), connack: make(), telemetry: make(), echo: make(), away: make() };
}

/** What adds up. */
export interface Counters {
  messagesReceived: number;
  messagesOverlooked: number;
  bytesSent: number;
  bytesReceived: number;
}

/** What a shard measured since its last message, as plain data. Those of all shards merge exactly. */
export interface MetricsDelta {
  /** How its devices stand now. */
  readonly devices: DeviceCounts;
  readonly counters: Counters;
  readonly messages: MessagesByKind;
  /** Commands that their secure elements have executed until now. */
  readonly chipCommands: number;
  readonly latencies: Partial<Record<LatencyName, LatencyCounts>>;
  /** Attempts that ended before CONNACK 0. */
  readonly attempts: readonly CauseCount[];
  /** Of them, those of devices that had a connection before. */
  readonly reconnects: readonly CauseCount[];
  /** Connections that ended after it. */
  readonly disconnections: readonly CauseCount[];
  readonly losses: LossesBySecond;
  /** Undefined where no device registers, or had anything to do with it. */
  readonly provisioning: ProvisioningDelta | undefined;
  readonly generator: GeneratorReport;
  /** What its process has cost until now; undefined in the coordinator's own. */
  readonly use: ResourceUse | undefined;
}

export function noCounters(): Counters {
  return { messagesReceived: 0, messagesOverlooked: 0, bytesSent: 0, bytesReceived: 0 };
}

/** What a shard's figures are taken from, beside what it observes. */
export interface ShardSources {
  readonly clock: Time;
  /** When the run's first device arrives, on `clock`. */
  readonly epoch: number;
  readonly generator: Pick<GeneratorWatch, 'late' | 'lateSince' | 'take' | 'publish'>;
  /** Commands that the secure elements of its devices have executed until now. */
  readonly chipCommands: () => number;
  /** Of the shard's own process, where it has one. */
  readonly resources?: ResourceMeter | undefined;
}

/** Everything that is measured in one shard. */
export class ShardMetrics implements FleetObserver {
  readonly #devices: DeviceStates;
  readonly #sources: ShardSources;
  readonly #latencies = forEachLatency(() => new LatencyInterval());
  readonly #attempts = new CauseCounts();
  readonly #reconnects = new CauseCounts();
  readonly #disconnections = new CauseCounts();
  readonly #losses = new Losses();
  readonly #provisioning = new ProvisioningInterval();
  #counters = noCounters();
  #messages = noMessages();

  constructor(devices: { readonly from: number; readonly to: number }, sources: ShardSources) {
    this.#devices = new DeviceStates(devices);
    this.#sources = sources;
  }

  arrived(k: number): void {
    this.#devices.arrive(k, this.#now);
  }

  connecting(k: number): void {
    this.#devices.dial(k, this.#now);
  }

  tcpConnected(k: number, ms: number): void {
    this.#devices.accept(k, this.#now);
    this.#latencies.tcp.record(ms);
  }

  tlsEstablished(k: number, ms: number): void {
    this.#devices.encrypt(k, this.#now);
    this.#latencies.tls.record(ms);
  }

  registering(k: number, status: number): void {
    this.#devices.register(k, status, this.#now);
  }

  provisioning(what: keyof ProvisioningCounts): void {
    this.#provisioning.count(what);
  }

  provisioningStep(step: ProvisioningStep, ms: number): void {
    this.#provisioning.step(step, ms);
  }

  provisioningAnswer(status: number): void {
    this.#provisioning.answer(status);
  }

  provisioningRetried(status: number): void {
    this.#provisioning.retried(status);
  }

  assigned(hub: string): void {
    this.#provisioning.assigned(hub);
  }

  connected(k: number, ms: number): void {
    const lostAt = this.#devices.connect(k);
    this.#latencies.connack.record(ms);
    if (lostAt !== undefined) this.#latencies.away.record(this.#now - lostAt);
  }

  firstTelemetry(ms: number): void {
    this.#latencies.telemetry.record(ms);
  }

  echo(ms: number): void {
    this.#latencies.echo.record(ms);
  }

  messagesDue(kind: MessageKind, count: number): void {
    this.#messages[kind].due += count;
  }

  messageLate(ms: number): void {
    this.#sources.generator.publish(ms);
  }

  messagesNotSent(kind: MessageKind, reason: NotSentReason, count: number): void {
    this.#messages[kind].notSent[reason] += count;
  }

  messageSent(kind: MessageKind): void {
    this.#messages[kind].sent++;
  }

  messageReceived(): void {
    this.#counters.messagesReceived++;
  }

  messageOverlooked(): void {
    this.#counters.messagesOverlooked++;
  }

  bytesSent(count: number): void {
    this.#counters.bytesSent += count;
  }

  bytesReceived(count: number): void {
    this.#counters.bytesReceived += count;
  }

  bootFailed(k: number, cause: CauseCode, example: string): void {
    this.#devices.bootFail(k, cause, example, this.#now);
    this.#attempts.add({ code: cause, count: 1, late: 0, example: `device ${k}: ${example}` });
  }

  attemptFailed(k: number, cause: CauseCode, example: string): void {
    const late = mayComeOfLateness(cause) && this.#sources.generator.lateSince(this.#devices.since(k));
    const failure = { code: cause, count: 1, late: late ? 1 : 0, example: `device ${k}: ${example}` };
    this.#devices.fail(k, cause, example, late, this.#now);
    this.#attempts.add(failure);
    if (this.#devices.wasConnected(k)) this.#reconnects.add(failure);
  }

  disconnected(k: number, cause: CauseCode, example: string): void {
    const late = mayComeOfLateness(cause) && this.#sources.generator.late ? 1 : 0;
    const now = this.#now;
    this.#devices.disconnect(k, now);
    this.#losses.add(secondOf(now - this.#sources.epoch));
    this.#disconnections.add({ code: cause, count: 1, late, example: `device ${k}: ${example}` });
  }

  /** What was measured since the last call. */
  take(): MetricsDelta {
    const { generator, chipCommands, resources } = this.#sources;
    const counters = this.#counters;
    this.#counters = noCounters();
    const messages = this.#messages;
    this.#messages = noMessages();
    const latencies: Partial<Record<LatencyName, LatencyCounts>> = {};
    for (const name of LATENCIES) {
      const taken = this.#latencies[name].take();
      if (taken !== undefined) latencies[name] = taken;
    }
    return {
      devices: this.#devices.counts,
      counters,
      messages,
      chipCommands: chipCommands(),
      latencies,
      attempts: this.#attempts.take(),
      reconnects: this.#reconnects.take(),
      disconnections: this.#disconnections.take(),
      losses: this.#losses.take(),
      provisioning: this.#provisioning.take(),
      generator: generator.take(),
      use: resources?.use(),
    };
  }

  /** The devices that arrived and never connected, by the cause of their last failure. */
  failures(): CauseCount[] {
    return this.#devices.failures((since) => this.#sources.generator.lateSince(since));
  }

  get #now(): number {
    return this.#sources.clock.now();
  }
}

import type { CauseCode } from '../causes/index.ts';
import { type CauseCount, CauseCounts } from './causes.ts';
import { type DeviceCounts, DeviceStates } from './device-states.ts';
import { type LatencyCounts, LatencyInterval } from './latency.ts';
import type { Lateness, LoopWatch } from './loop-watch.ts';
import type { FleetObserver } from './observer.ts';
import type { ResourceMeter, ResourceUse } from './resources.ts';

export const LATENCIES = ['tcp', 'tls', 'connack', 'telemetry', 'echo'] as const;
export type LatencyName = (typeof LATENCIES)[number];

export function forEachLatency<T>(make: () => T): Record<LatencyName, T> {
  return { tcp: make(), tls: make(), connack: make(), telemetry: make(), echo: make() };
}

/** What adds up. */
export interface Counters {
  messagesSent: number;
  messagesReceived: number;
  bytesSent: number;
  bytesReceived: number;
  chipCommands: number;
}

/** What a shard measured since its last message, as plain data. Those of all shards merge exactly. */
export interface MetricsDelta {
  /** How its devices stand now. */
  readonly devices: DeviceCounts;
  readonly counters: Counters;
  readonly latencies: Partial<Record<LatencyName, LatencyCounts>>;
  /** Attempts that ended before CONNACK 0. */
  readonly attempts: readonly CauseCount[];
  /** Connections that ended after it. */
  readonly disconnections: readonly CauseCount[];
  readonly late: Lateness;
  /** What its process has cost until now; undefined in the coordinator's own. */
  readonly use: ResourceUse | undefined;
}

function noCounters(): Counters {
  return { messagesSent: 0, messagesReceived: 0, bytesSent: 0, bytesReceived: 0, chipCommands: 0 };
}

/** Everything that is measured in one shard. */
export class ShardMetrics implements FleetObserver {
  readonly #devices: DeviceStates;
  readonly #loop: Pick<LoopWatch, 'late' | 'take'>;
  readonly #resources: ResourceMeter | undefined;
  readonly #latencies = forEachLatency(() => new LatencyInterval());
  readonly #attempts = new CauseCounts();
  readonly #disconnections = new CauseCounts();
  #counters = noCounters();

  constructor(
    devices: { readonly from: number; readonly to: number },
    loop: Pick<LoopWatch, 'late' | 'take'>,
    resources?: ResourceMeter,
  ) {
    this.#devices = new DeviceStates(devices);
    this.#loop = loop;
    this.#resources = resources;
  }

  arrived(k: number): void {
    this.#devices.arrive(k);
  }

  tcpConnected(k: number, ms: number): void {
    this.#devices.accept(k);
    this.#latencies.tcp.record(ms);
  }

  tlsEstablished(k: number, ms: number): void {
    this.#devices.encrypt(k);
    this.#latencies.tls.record(ms);
  }

  connected(k: number, ms: number): void {
    this.#devices.connect(k);
    this.#latencies.connack.record(ms);
  }

  firstTelemetry(ms: number): void {
    this.#latencies.telemetry.record(ms);
  }

  echo(ms: number): void {
    this.#latencies.echo.record(ms);
  }

  messageSent(): void {
    this.#counters.messagesSent++;
  }

  messageReceived(): void {
    this.#counters.messagesReceived++;
  }

  bytesSent(count: number): void {
    this.#counters.bytesSent += count;
  }

  bytesReceived(count: number): void {
    this.#counters.bytesReceived += count;
  }

  chipCommands(count: number): void {
    this.#counters.chipCommands += count;
  }

  attemptFailed(k: number, cause: CauseCode, example: string): void {
    const { late } = this.#loop;
    this.#devices.fail(k, cause, example, late);
    this.#attempts.add({ code: cause, count: 1, late: late ? 1 : 0, example: `device ${k}: ${example}` });
  }

  disconnected(k: number, cause: CauseCode, example: string): void {
    const late = this.#loop.late ? 1 : 0;
    this.#devices.disconnect(k);
    this.#disconnections.add({ code: cause, count: 1, late, example: `device ${k}: ${example}` });
  }

  /** What was measured since the last call. */
  take(): MetricsDelta {
    const counters = this.#counters;
    this.#counters = noCounters();
    const latencies: Partial<Record<LatencyName, LatencyCounts>> = {};
    for (const name of LATENCIES) {
      const taken = this.#latencies[name].take();
      if (taken !== undefined) latencies[name] = taken;
    }
    return {
      devices: this.#devices.counts,
      counters,
      latencies,
      attempts: this.#attempts.take(),
      disconnections: this.#disconnections.take(),
      late: this.#loop.take(),
      use: this.#resources?.use(),
    };
  }

  /** The devices that arrived and never connected, by the cause of their last failure. */
  failures(): CauseCount[] {
    return this.#devices.failures(this.#loop.late);
  }
}

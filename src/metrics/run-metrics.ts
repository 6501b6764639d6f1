import type { CauseCode } from '../causes/index.ts';
import type { FleetObserver } from '../run/index.ts';
import { DeviceStates, type SeenCause } from './device-states.ts';
import { LatencyHistogram } from './latency.ts';
import { ResourceMeter } from './resources.ts';
import { type RunSnapshot, type RunSummary, SUMMARY_SCHEMA } from './summary.ts';

/** Everything that is measured in one run of `planned` devices. */
export class RunMetrics implements FleetObserver {
  readonly #planned: number;
  readonly #devices: DeviceStates;
  readonly #resources: ResourceMeter;
  readonly #tcp = new LatencyHistogram();
  readonly #tls = new LatencyHistogram();
  readonly #connack = new LatencyHistogram();
  readonly #telemetry = new LatencyHistogram();
  readonly #echo = new LatencyHistogram();
  #echoMeasurable = true;
  readonly #messages = { sent: 0, received: 0 };
  readonly #bytes = { sent: 0, received: 0 };
  #chipCommands = 0;

  /** Make it before the devices are made: what the process holds by then is not theirs. */
  constructor(planned: number, resources: ResourceMeter = new ResourceMeter()) {
    this.#planned = planned;
    this.#devices = new DeviceStates(planned);
    this.#resources = resources;
  }

  arrived(k: number): void {
    this.#devices.arrive(k);
  }

  tcpConnected(k: number, ms: number): void {
    this.#devices.accept(k);
    this.#tcp.record(ms);
  }

  tlsEstablished(k: number, ms: number): void {
    this.#devices.encrypt(k);
    this.#tls.record(ms);
  }

  connected(k: number, ms: number): void {
    this.#devices.connect(k);
    this.#connack.record(ms);
  }

  firstTelemetry(ms: number): void {
    this.#telemetry.record(ms);
  }

  echo(ms: number): void {
    this.#echo.record(ms);
  }

  echoNotMeasurable(): void {
    this.#echoMeasurable = false;
  }

  messageSent(): void {
    this.#messages.sent++;
  }

  messageReceived(): void {
    this.#messages.received++;
  }

  bytesSent(count: number): void {
    this.#bytes.sent += count;
  }

  bytesReceived(count: number): void {
    this.#bytes.received += count;
  }

  chipCommands(count: number): void {
    this.#chipCommands += count;
  }

  attemptFailed(k: number, cause: CauseCode, example: string): void {
    this.#devices.fail(k, cause, example);
  }

  disconnected(k: number, cause: CauseCode, example: string): void {
    this.#devices.disconnect(k, cause, example);
  }

  /** The first device arrives now: what making the fleet cost is over. */
  startClock(): void {
    this.#resources.firstArrival();
  }

  /** The run is over and its devices are still there. */
  stopClock(): void {
    this.#resources.end();
  }

  /** Causes of failed attempts in order of appearance, each with its first example. */
  get causesSeen(): readonly SeenCause[] {
    return this.#devices.causesSeen;
  }

  snapshot(): RunSnapshot {
    const { arrived, connectedNow, failing } = this.#devices;
    return {
      planned: this.#planned,
      arrived,
      connected: connectedNow,
      connecting: arrived - connectedNow - failing,
      failed: failing,
      messages: { ...this.#messages },
      connackP99: this.#connack.percentile(99),
    };
  }

  summary(): RunSummary {
    const { arrived, everConnected } = this.#devices;
    const { cpuUs, rssBytes } = this.#resources.end();
    const perDevice = (total: number) => (arrived === 0 ? 0 : Math.round(total / arrived));
    return {
      schema: SUMMARY_SCHEMA,
      devices: {
        planned: this.#planned,
        arrived,
        connected: everConnected,
        failed: arrived - everConnected,
        not_started: this.#planned - arrived,
      },
      causes: this.#devices.failures(),
      disconnections: this.#devices.disconnections(),
      tcp_ms: this.#tcp.summary(),
      tls_ms: this.#tls.summary(),
      connack_ms: this.#connack.summary(),
      telemetry_ms: this.#telemetry.summary(),
      echo_ms: this.#echo.summary(),
      echo_measurable: this.#echoMeasurable,
      messages: { ...this.#messages },
      bytes: { ...this.#bytes },
      chip_commands: this.#chipCommands,
      cpu_us_per_device: perDevice(cpuUs),
      rss_bytes_per_device: perDevice(rssBytes),
    };
  }
}

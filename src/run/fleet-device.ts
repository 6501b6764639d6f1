import type { Clock } from '../../emulator/clock/index.ts';
import type { DeviceEvents, DeviceFailure } from '../../emulator/device/index.ts';
import { codeOf, codeOfAttempt } from '../causes/index.ts';
import { EchoQueue } from './echo-queue.ts';
import type { FleetObserver } from './observer.ts';
import type { FleetProbe } from './probe-access.ts';
import type { DeviceTap } from './twin.ts';

/** What all devices of a run share. */
export interface FleetSurroundings {
  readonly clock: Clock;
  readonly metrics: FleetObserver;
  readonly probe?: FleetProbe | undefined;
}

/** Turns what device `k` tells into what the fleet measures. */
export class FleetDevice implements DeviceEvents {
  readonly #k: number;
  readonly #clock: Clock;
  readonly #scheduledAt: number;
  /** The topic that the device alone publishes and subscribes to; none when it shares it. */
  readonly #ownTopic: string | undefined;
  readonly #metrics: FleetObserver;
  readonly #probe: FleetProbe | undefined;
  readonly #tap: DeviceTap | undefined;
  readonly #echoes = new EchoQueue();
  #telemetrySent = false;

  constructor(
    k: number,
    scheduledAt: number,
    ownTopic: string | undefined,
    { clock, metrics, probe }: FleetSurroundings,
    tap?: DeviceTap,
  ) {
    this.#k = k;
    this.#clock = clock;
    this.#scheduledAt = scheduledAt;
    this.#ownTopic = ownTopic;
    this.#metrics = metrics;
    this.#probe = probe;
    this.#tap = tap;
  }

  packet(direction: 'sent' | 'received', bytes: Uint8Array): void {
    if (direction === 'sent') this.#probe?.sent(bytes);
    this.#tap?.packet?.(direction, bytes);
  }

  tcpConnected(ms: number): void {
    this.#metrics.tcpConnected(this.#k, ms);
  }

  tlsEstablished(ms: number): void {
    this.#metrics.tlsEstablished(this.#k, ms);
  }

  connected(ms: number): void {
    this.#echoes.empty();
    this.#metrics.connected(this.#k, ms);
  }

  messageSent(topic: string, kind: 'telemetry' | 'script'): void {
    const now = this.#clock.now();
    this.#metrics.messageSent();
    if (topic === this.#ownTopic) this.#echoes.sent(now);
    if (kind === 'telemetry' && !this.#telemetrySent) {
      this.#telemetrySent = true;
      this.#metrics.firstTelemetry(now - this.#scheduledAt);
    }
  }

  messageReceived(topic: string): void {
    this.#metrics.messageReceived();
    if (topic !== this.#ownTopic) return;
    const ms = this.#echoes.returned(this.#clock.now());
    if (ms !== undefined) this.#metrics.echo(ms);
  }

  /** It came back, though not to the firmware: nothing to measure, and nothing to wait for any more. */
  messageDropped(topic: string): void {
    if (topic === this.#ownTopic) this.#echoes.returned(this.#clock.now());
  }

  attemptFailed(failure: DeviceFailure): void {
    this.#metrics.attemptFailed(this.#k, codeOfAttempt(failure), failure.message);
  }

  disconnected(failure: DeviceFailure): void {
    this.#metrics.disconnected(this.#k, codeOf(failure), failure.message);
  }
}

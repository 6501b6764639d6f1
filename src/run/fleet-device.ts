import type { Clock } from '../../emulator/clock/index.ts';
import type { DeviceEvent, DeviceTap, MessageKind } from '../../emulator/device/index.ts';
import { codeOf, codeOfAttempt } from '../causes/index.ts';
import type { FleetObserver } from '../metrics/index.ts';
import { DevicePublishes, type PublishBatch } from '../probe/index.ts';
import { EchoQueue } from './echo-queue.ts';

/** Listens in on one device of a run: from inside, and to the packets that it tells of. */
export interface RunTap extends DeviceTap {
  /** One MQTT packet as sent, or the plaintext of one TLS record as received. Bytes are only lent. */
  packet?(direction: 'sent' | 'received', bytes: Uint8Array): void;
}

/** What measures all devices of a run. */
export interface RunMeasurement {
  readonly clock: Clock;
  readonly metrics: FleetObserver;
  readonly probe?: Pick<PublishBatch, 'add'> | undefined;
}

/** Turns what happens on device `k` into what the run measures. */
export class FleetDevice {
  readonly #k: number;
  readonly #clock: Clock;
  readonly #scheduledAt: number;
  /** The topic that the device alone publishes and subscribes to; none when it shares it. */
  readonly #ownTopic: string | undefined;
  readonly #metrics: FleetObserver;
  readonly #publishes: DevicePublishes | undefined;
  readonly #tap: RunTap | undefined;
  readonly #echoes = new EchoQueue();
  #telemetrySent = false;

  constructor(
    k: number,
    scheduledAt: number,
    ownTopic: string | undefined,
    { clock, metrics, probe }: RunMeasurement,
    tap?: RunTap,
  ) {
    this.#k = k;
    this.#clock = clock;
    this.#scheduledAt = scheduledAt;
    this.#ownTopic = ownTopic;
    this.#metrics = metrics;
    if (probe !== undefined) this.#publishes = new DevicePublishes(probe);
    this.#tap = tap;
  }

  observe(event: DeviceEvent): void {
    switch (event.type) {
      case 'packet':
        if (event.direction === 'sent') this.#publishes?.written(event.bytes);
        this.#tap?.packet?.(event.direction, event.bytes);
        break;
      case 'connecting':
        this.#metrics.connecting(this.#k);
        break;
      case 'tcpConnected':
        this.#metrics.tcpConnected(this.#k, event.ms);
        break;
      case 'tlsEstablished':
        this.#metrics.tlsEstablished(this.#k, event.ms);
        break;
      case 'provisioningStep':
        if (event.step === 'connect') this.#metrics.registering(this.#k, 0);
        this.#metrics.provisioningStep(event.step, event.ms);
        break;
      case 'provisioningAnswer':
        this.#metrics.registering(this.#k, event.status);
        this.#metrics.provisioningAnswer(event.status);
        break;
      case 'provisioningRetried':
        this.#metrics.provisioningRetried(event.status);
        break;
      case 'provisioningBegan':
        this.#metrics.provisioning('began');
        break;
      case 'assigned':
        this.#metrics.assigned(event.hub);
        break;
      case 'provisioned':
        this.#metrics.provisioning('registered');
        break;
      case 'provisioningSkipped':
        this.#metrics.provisioning('skipped');
        break;
      case 'connected':
        this.#echoes.empty();
        this.#metrics.connected(this.#k, event.ms);
        break;
      case 'messageDue':
        this.#metrics.messagesDue(event.kind, 1);
        if (event.kind === 'telemetry') this.#metrics.messageLate(event.lateMs);
        break;
      case 'messageNotSent':
        this.#metrics.messagesNotSent(event.kind, event.reason, 1);
        break;
      case 'messagesMissed':
        this.#metrics.messagesDue(event.kind, event.count);
        this.#metrics.messagesNotSent(event.kind, event.reason, event.count);
        break;
      case 'messageSent':
        this.#messageSent(event.topic, event.kind);
        break;
      case 'messageReceived':
        this.#messageReceived(event.topic);
        break;
      case 'messageDropped':
        this.#metrics.messageOverlooked();
        // It came back, though not to the firmware: nothing to measure, and nothing to wait for any more.
        if (event.topic === this.#ownTopic) this.#echoes.returned(this.#clock.now());
        break;
      case 'bootFailed':
        this.#metrics.bootFailed(this.#k, codeOf(event.failure), event.failure.message);
        break;
      case 'attemptFailed':
        this.#publishes?.lost();
        this.#metrics.attemptFailed(this.#k, codeOfAttempt(event.failure), event.failure.message);
        break;
      case 'disconnected':
        this.#publishes?.lost();
        this.#metrics.disconnected(this.#k, codeOf(event.failure), event.failure.message);
    }
  }

  #messageSent(topic: string, kind: MessageKind): void {
    const now = this.#clock.now();
    this.#metrics.messageSent(kind);
    this.#publishes?.taken(kind);
    if (topic === this.#ownTopic) this.#echoes.sent(now);
    if (kind === 'telemetry' && !this.#telemetrySent) {
      this.#telemetrySent = true;
      this.#metrics.firstTelemetry(now - this.#scheduledAt);
    }
  }

  #messageReceived(topic: string): void {
    this.#metrics.messageReceived();
    if (topic !== this.#ownTopic) return;
    const ms = this.#echoes.returned(this.#clock.now());
    if (ms !== undefined) this.#metrics.echo(ms);
  }
}

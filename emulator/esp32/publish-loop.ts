import { Bme280Driver, type Sample } from '../bme280-driver/index.ts';
import type { MessageKind, MissedMessage, Observe } from '../device/index.ts';
import { type I2cController, settled } from '../i2c/index.ts';
import type { WriteFailure } from '../mqtt/index.ts';
import { compileFormat } from '../printf/index.ts';
import type { Esp32Event } from './events.ts';
import type { SensorSettings, TelemetrySettings } from './profile.ts';
import { Rhythm } from './rhythm.ts';

const HECTOPASCAL = 100;
const NO_REST = () => {};
const LOOP_BEGAN = { type: 'esp32.loopBegan' } as const;

/** The client as the loop calls it. */
export interface Publisher {
  /** Whether the loop's task stands still when it publishes now. */
  readonly publishWaits: boolean;
  /** The loop's task stands still until it may publish, or may not any more. */
  waitToPublish(publish: (failure?: WriteFailure) => void): void;
  /** Publishes on a topic of the profile, unless the task waited to write and may not. */
  publish(pattern: string, payload: string, qos: 0 | 1 | 2, kind: MessageKind, failure?: WriteFailure): void;
}

/** What all loops of a fleet share. */
export interface LoopSettings {
  readonly telemetry: TelemetrySettings;
  readonly sensor: SensorSettings;
  /** The payload of a sample in °C, hPa and %RH. */
  readonly payload: (...values: readonly number[]) => string;
  /** From one sample to the next, settling included. */
  readonly intervalMs: number;
  /** Whether that is kept whatever the work takes. */
  readonly keepsSchedule: boolean;
}

/** The loop of a profile, with the period that somebody asked for, or its own. */
export function loopSettings(
  { telemetry, sensor }: { readonly telemetry: TelemetrySettings; readonly sensor: SensorSettings },
  askedMs: number | undefined,
): LoopSettings {
  const intervalMs = askedMs ?? telemetry.settleMs + telemetry.periodMs;
  const payload = compileFormat(telemetry.payload);
  return { telemetry, sensor, payload, intervalMs, keepsSchedule: askedMs !== undefined };
}

/** The application's loop: sets the sensor up, then measures and publishes for ever. */
export class PublishLoop {
  readonly #settings: LoopSettings;
  readonly #bus: I2cController;
  readonly #publisher: Publisher;
  readonly #observe: Observe<Esp32Event>;
  readonly #sensor: Bme280Driver;
  readonly #settleMs: number;
  readonly #rhythm: Rhythm;
  #stopped = false;
  #loops = false;
  #waits = false;
  #cancelRest = NO_REST;

  /** @param bus that of the sensor */
  constructor(settings: LoopSettings, bus: I2cController, publisher: Publisher, observe: Observe<Esp32Event>) {
    this.#settings = settings;
    this.#bus = bus;
    this.#publisher = publisher;
    this.#observe = observe;
    const { sensor, telemetry, intervalMs, keepsSchedule } = settings;
    this.#sensor = new Bme280Driver(bus, sensor.address);
    this.#settleMs = Math.min(telemetry.settleMs, intervalMs);
    this.#rhythm = new Rhythm(bus.clock, intervalMs, keepsSchedule);
  }

  async start(): Promise<void> {
    await settled(this.#bus, () => this.#sensor.initialise());
    if (this.#stopped) return;
    this.#loops = true;
    this.#rhythm.start();
    this.#beginLoop();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRest();
    if (this.#waits) {
      // What became due meanwhile is not the program's lateness.
      this.#bus.clock.resume();
      this.#endPeriod('broker_stalled');
    }
    if (this.#loops) this.#missed(this.#rhythm.passed(), 'generator_late');
  }

  // The publish loop is three calls that set one another off, because promises would cost a tenth of a message.

  #beginLoop(): void {
    this.#observe(LOOP_BEGAN);
    this.#rest(this.#settleMs, () => this.#measure());
  }

  #measure(): void {
    this.#missed(this.#rhythm.missed(), 'generator_late');
    this.#observe({ type: 'messageDue', kind: 'telemetry', lateMs: this.#rhythm.takeLateMs() });
    const sample = this.#sensor.sample();
    const settling = this.#bus.settle();
    if (settling === undefined) this.#publish(sample);
    else settling.then(() => this.#publish(sample));
  }

  #publish({ acknowledged, temperature, pressure, humidity }: Sample): void {
    this.#observe({ type: 'esp32.measured', acknowledged });
    const payload = this.#settings.payload(temperature, pressure / HECTOPASCAL, humidity);
    if (this.#publisher.publishWaits) this.#waitToSend(payload);
    else this.#send(payload, 'device_busy');
  }

  /** The broker does not read: this task stands still, and its next sample comes later. */
  #waitToSend(payload: string): void {
    this.#waits = true;
    this.#publisher.waitToPublish((failure) => {
      this.#waits = false;
      this.#bus.clock.resume();
      this.#send(payload, 'broker_stalled', failure);
    });
  }

  /**
   * Quirk: a sample is lost, not queued, when the client has no connection or the broker does not read in time.
   * @param delay what the next samples are missed for, when this one took too long
   */
  #send(payload: string, delay: MissedMessage, failure?: WriteFailure): void {
    const { topic, qos } = this.#settings.telemetry;
    this.#publisher.publish(topic, payload, qos, 'telemetry', failure);
    this.#rest(this.#endPeriod(delay), () => this.#beginLoop());
  }

  /** Returns how long the task rests before the next one. */
  #endPeriod(delay: MissedMessage): number {
    const { restMs, skipped } = this.#rhythm.next(this.#settleMs);
    this.#missed(skipped, delay);
    return restMs;
  }

  #missed(count: number, reason: MissedMessage): void {
    if (count > 0) this.#observe({ type: 'messagesMissed', kind: 'telemetry', reason, count });
  }

  #rest(ms: number, next: () => void): void {
    if (!this.#stopped) this.#cancelRest = this.#bus.clock.alarm(ms, next);
  }
}

import { Bme280Driver, type Sample } from '../../bme280-driver/index.ts';
import { chipFailure, type MissedMessage, type Observe } from '../../device/index.ts';
import { type AteccDriver, bootSequence } from '../../host-library/index.ts';
import { settled } from '../../i2c/index.ts';
import type { WriteFailure } from '../../mqtt/index.ts';
import type { Esp32MqttsFleet } from './build.ts';
import type { Esp32MqttsParts } from './device.ts';
import type { Esp32MqttsEvent } from './events.ts';
import type { MqttTask } from './mqtt-task.ts';
import { Rhythm } from './rhythm.ts';

const HECTOPASCAL = 100;
const NO_REST = () => {};
const LOOP_BEGAN = { type: 'esp32-mqtts.loopBegan' } as const;

/** app_main: looks at the chip, starts the MQTT task, then measures and publishes for ever. */
export class MainTask {
  readonly #fleet: Esp32MqttsFleet;
  readonly #atecc: AteccDriver;
  readonly #parts: Esp32MqttsParts;
  readonly #mqtt: MqttTask;
  readonly #observe: Observe<Esp32MqttsEvent>;
  readonly #sensor: Bme280Driver;
  readonly #settleMs: number;
  readonly #rhythm: Rhythm;
  #stopped = false;
  #loops = false;
  #waits = false;
  #cancelRest = NO_REST;

  constructor(
    fleet: Esp32MqttsFleet,
    atecc: AteccDriver,
    parts: Esp32MqttsParts,
    mqtt: MqttTask,
    observe: Observe<Esp32MqttsEvent>,
  ) {
    this.#fleet = fleet;
    this.#atecc = atecc;
    this.#parts = parts;
    this.#mqtt = mqtt;
    this.#observe = observe;
    const { sensor, telemetry } = fleet.profile;
    this.#sensor = new Bme280Driver(parts.sensor, sensor.address);
    this.#settleMs = Math.min(telemetry.settleMs, fleet.intervalMs);
    this.#rhythm = new Rhythm(parts.sensor.clock, fleet.intervalMs, fleet.surroundings.intervalMs !== undefined);
  }

  start(): void {
    this.#observe({ type: 'esp32-mqtts.booted' });
    this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRest();
    if (this.#waits) {
      // What became due meanwhile is not the program's lateness.
      this.#parts.sensor.clock.resume();
      this.#endPeriod('broker_stalled');
    }
    if (this.#loops) this.#missed(this.#rhythm.passed(), 'generator_late');
  }

  async #run(): Promise<void> {
    const { secureElement, sensor } = this.#parts;
    const bootedAt = this.#fleet.surroundings.clock.now();
    try {
      const chip = await settled(secureElement, () => bootSequence(this.#atecc));
      this.#observe({ type: 'esp32-mqtts.chipRead', chip });
    } catch (error) {
      this.#observe({ type: 'bootFailed', failure: chipFailure(error) });
      return;
    }
    if (this.#stopped) return;
    // The same task goes on at the sensor's bus; the chip's belongs to the MQTT task from here on.
    sensor.clock.follow(secureElement.clock);
    this.#observe({ type: 'esp32-mqtts.clientStarted' });
    this.#mqtt.start(bootedAt);
    await settled(sensor, () => this.#sensor.initialise());
    if (this.#stopped) return;
    this.#loops = true;
    this.#rhythm.start();
    this.#beginLoop();
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
    const settling = this.#parts.sensor.settle();
    if (settling === undefined) this.#publish(sample);
    else settling.then(() => this.#publish(sample));
  }

  #publish({ acknowledged, temperature, pressure, humidity }: Sample): void {
    this.#observe({ type: 'esp32-mqtts.measured', acknowledged });
    const payload = this.#fleet.payload(temperature, pressure / HECTOPASCAL, humidity);
    if (this.#mqtt.publishWaits) this.#waitToSend(payload);
    else this.#send(payload, 'device_busy');
  }

  /** The broker does not read: this task stands still, and its next sample comes later. */
  #waitToSend(payload: string): void {
    this.#waits = true;
    this.#mqtt.waitToPublish((failure) => {
      this.#waits = false;
      this.#parts.sensor.clock.resume();
      this.#send(payload, 'broker_stalled', failure);
    });
  }

  /**
   * Quirk: a sample is lost, not queued, when the client has no connection or the broker does not read in time.
   * @param delay what the next samples are missed for, when this one took too long
   */
  #send(payload: string, delay: MissedMessage, failure?: WriteFailure): void {
    const { topic, qos } = this.#fleet.profile.telemetry;
    this.#mqtt.publish(topic, payload, qos, 'telemetry', failure);
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
    if (!this.#stopped) this.#cancelRest = this.#parts.sensor.clock.alarm(ms, next);
  }
}

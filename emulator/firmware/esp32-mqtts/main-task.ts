import { Bme280Driver } from '../../bme280-driver/index.ts';
import { chipFailure, type Observe } from '../../device/index.ts';
import { type AteccDriver, bootSequence } from '../../host-library/index.ts';
import { settled } from '../../i2c/index.ts';
import { sprintf } from '../../printf/index.ts';
import type { Esp32MqttsFleet } from './build.ts';
import type { Esp32MqttsParts } from './device.ts';
import type { Esp32MqttsEvent } from './events.ts';
import type { MqttTask } from './mqtt-task.ts';

const HECTOPASCAL = 100;
const NO_REST = () => {};

/** app_main: looks at the chip, starts the MQTT task, then measures and publishes for ever. */
export class MainTask {
  readonly #fleet: Esp32MqttsFleet;
  readonly #atecc: AteccDriver;
  readonly #parts: Esp32MqttsParts;
  readonly #mqtt: MqttTask;
  readonly #observe: Observe<Esp32MqttsEvent>;
  #stopped = false;
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
  }

  start(): void {
    this.#observe({ type: 'esp32-mqtts.booted' });
    this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRest();
  }

  async #run(): Promise<void> {
    const { secureElement, sensor } = this.#parts;
    const bootedAt = this.#fleet.surroundings.clock.now();
    try {
      const chip = await settled(secureElement, () => bootSequence(this.#atecc));
      this.#observe({ type: 'esp32-mqtts.chipRead', chip });
    } catch (error) {
      this.#observe({ type: 'attemptFailed', failure: chipFailure(error) });
      return;
    }
    if (this.#stopped) return;
    // The same task goes on at the sensor's bus; the chip's belongs to the MQTT task from here on.
    sensor.clock.follow(secureElement.clock);
    this.#observe({ type: 'esp32-mqtts.clientStarted' });
    this.#mqtt.start(bootedAt);
    await this.#publishLoop();
  }

  async #publishLoop(): Promise<void> {
    const { profile, surroundings } = this.#fleet;
    const { telemetry } = profile;
    const { intervalMs } = surroundings;
    const settleMs = Math.min(telemetry.settleMs, intervalMs ?? Number.POSITIVE_INFINITY);
    const restMs = intervalMs === undefined ? telemetry.periodMs : intervalMs - settleMs;
    const bus = this.#parts.sensor;
    const sensor = new Bme280Driver(bus, profile.sensor.address);
    await settled(bus, () => sensor.initialise());
    while (!this.#stopped) {
      this.#observe({ type: 'esp32-mqtts.loopBegan' });
      await this.#rest(settleMs);
      const { acknowledged, temperature, pressure, humidity } = await settled(bus, () => sensor.sample());
      this.#observe({ type: 'esp32-mqtts.measured', acknowledged });
      // Quirk: a sample taken while the client has no connection is lost, not queued.
      const payload = sprintf(telemetry.payload, temperature, pressure / HECTOPASCAL, humidity);
      this.#mqtt.publish(telemetry.topic, payload, telemetry.qos, 'telemetry');
      await this.#rest(restMs);
    }
  }

  /** Never resolves once the task is stopped. */
  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#stopped) this.#cancelRest = this.#parts.sensor.clock.alarm(ms, resolve);
    });
  }
}

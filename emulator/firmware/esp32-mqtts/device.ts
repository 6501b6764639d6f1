import type { Device, Observe } from '../../device/index.ts';
import { AteccDriver } from '../../host-library/index.ts';
import type { I2cController } from '../../i2c/index.ts';
import { clientIdFrom } from '../../mqtt/index.ts';
import type { Rng } from '../../rng/index.ts';
import type { Esp32MqttsFleet } from './build.ts';
import type { Esp32MqttsEvent } from './events.ts';
import { MainTask } from './main-task.ts';
import { MqttTask } from './mqtt-task.ts';

/** What one device is made of. */
export interface Esp32MqttsParts {
  /** I2C port 1: the secure element. */
  readonly secureElement: I2cController;
  /** I2C port 0: the sensor. */
  readonly sensor: I2cController;
  /** The last three bytes of the station's MAC address. */
  readonly macTail: Uint8Array;
  /** The CN compiled into the certificate template, ASCII; without it the firmware reads it from its slot. */
  readonly commonName: Uint8Array | undefined;
  readonly rng: Rng;
}

/** The twin: the firmware's main task, which measures and publishes, and its MQTT task, which the main task starts. */
export class Esp32Mqtts implements Device {
  readonly clientId: string;
  readonly #atecc: AteccDriver;
  readonly #main: MainTask;
  readonly #mqtt: MqttTask;
  #stopped = false;

  constructor(fleet: Esp32MqttsFleet, parts: Esp32MqttsParts, observer: Observe<Esp32MqttsEvent>) {
    this.clientId = clientIdFrom(parts.macTail, fleet.profile.mqtt.clientIdPrefix);
    this.#atecc = new AteccDriver(parts.secureElement);
    const observe: Observe<Esp32MqttsEvent> = (event) => {
      if (!this.#stopped) observer(event);
    };
    this.#mqtt = new MqttTask(fleet, this.clientId, this.#atecc, parts, observe);
    this.#main = new MainTask(fleet, this.#atecc, parts, this.#mqtt, observe);
  }

  get chipCommands(): number {
    return this.#atecc.commands;
  }

  boot(): void {
    this.#main.start();
  }

  /** close_notify and FIN; the firmware knows no DISCONNECT. */
  stop(): void {
    this.#main.stop();
    this.#stopped = true;
    this.#mqtt.stop();
  }
}

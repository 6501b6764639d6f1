import type { Device, Observe } from '../../device/index.ts';
import { type Board, type Esp32Event, MqttTask } from '../../esp32/index.ts';
import { AteccDriver } from '../../host-library/index.ts';
import { clientIdFrom } from '../../mqtt/index.ts';
import type { Esp32MqttsFleet } from './build.ts';
import { MainTask } from './main-task.ts';

/** The twin: the firmware's main task, which measures and publishes, and its MQTT task, which the main task starts. */
export class Esp32Mqtts implements Device {
  readonly clientId: string;
  readonly #atecc: AteccDriver;
  readonly #main: MainTask;
  readonly #mqtt: MqttTask;
  #stopped = false;

  /** @param macTail the last three bytes of the station's MAC address */
  constructor(fleet: Esp32MqttsFleet, board: Board, macTail: Uint8Array, observer: Observe<Esp32Event>) {
    this.clientId = clientIdFrom(macTail, fleet.profile.mqtt.clientIdPrefix);
    this.#atecc = new AteccDriver(board.secureElement);
    const observe: Observe<Esp32Event> = (event) => {
      if (!this.#stopped) observer(event);
    };
    this.#mqtt = new MqttTask({ clientId: this.clientId, ...fleet }, this.#atecc, board, observe);
    this.#main = new MainTask(fleet, this.#atecc, board, this.#mqtt, observe);
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

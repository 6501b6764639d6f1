import { chipFailure, type Observe } from '../../device/index.ts';
import { type Board, type Esp32Event, type MqttTask, PublishLoop } from '../../esp32/index.ts';
import { type AteccDriver, bootSequence } from '../../host-library/index.ts';
import { settled } from '../../i2c/index.ts';
import type { Esp32MqttsFleet } from './build.ts';

/** app_main: looks at the chip, starts the MQTT task, then measures and publishes for ever. */
export class MainTask {
  readonly #fleet: Esp32MqttsFleet;
  readonly #atecc: AteccDriver;
  readonly #board: Board;
  readonly #mqtt: MqttTask;
  readonly #observe: Observe<Esp32Event>;
  readonly #loop: PublishLoop;
  #stopped = false;

  constructor(fleet: Esp32MqttsFleet, atecc: AteccDriver, board: Board, mqtt: MqttTask, observe: Observe<Esp32Event>) {
    this.#fleet = fleet;
    this.#atecc = atecc;
    this.#board = board;
    this.#mqtt = mqtt;
    this.#observe = observe;
    this.#loop = new PublishLoop(fleet.loop, board.sensor, mqtt, observe);
  }

  start(): void {
    this.#observe({ type: 'esp32.booted' });
    this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#loop.stop();
  }

  async #run(): Promise<void> {
    const { secureElement, sensor } = this.#board;
    const bootedAt = this.#fleet.surroundings.clock.now();
    try {
      const chip = await settled(secureElement, () => bootSequence(this.#atecc));
      this.#observe({ type: 'esp32.chipRead', chip });
    } catch (error) {
      this.#observe({ type: 'bootFailed', failure: chipFailure(error) });
      return;
    }
    if (this.#stopped) return;
    // The same task goes on at the sensor's bus; the chip's belongs to the MQTT task from here on.
    sensor.clock.follow(secureElement.clock);
    this.#observe({ type: 'esp32.clientStarted' });
    this.#mqtt.start(bootedAt);
    await this.#loop.start();
  }
}

import { chipFailure, type Device, type DeviceFailure, type Observe } from '../../device/index.ts';
import { type Board, PublishLoop } from '../../esp32/index.ts';
import { AteccDriver, bootSequence } from '../../host-library/index.ts';
import { settled } from '../../i2c/index.ts';
import type { AzureDpsEvent } from './events.ts';
import { Provisioning } from './provisioning.ts';
import { readRecord } from './record-task.ts';
import type { AzureDpsFleet, Station } from './station.ts';
import { type TelemetryClient, telemetryClient, telemetryUserName } from './telemetry-client.ts';

const NOT_BELIEVED: DeviceFailure = {
  step: 'dps',
  code: 'RECORD_DIFFERS',
  message: "the record reads back, and does not name a hub: the hub's name begins like the device's",
};

/**
 * The twin: two firmwares in one. Without a record of its hub it is the one that registers and writes the record; with one, the one
 * that reads the record and publishes its telemetry.
 */
export class AzureDps implements Device {
  /** The registration id, and the device id in the hub. */
  readonly clientId: string;
  readonly #fleet: AzureDpsFleet;
  readonly #board: Board;
  readonly #atecc: AteccDriver;
  readonly #observe: Observe<AzureDpsEvent>;
  #provisioning: Provisioning | undefined;
  #client: TelemetryClient | undefined;
  #loop: PublishLoop | undefined;
  #stopped = false;

  /** @param clientId the chip's serial number, 18 lower-case digits */
  constructor(fleet: AzureDpsFleet, board: Board, clientId: string, observer: Observe<AzureDpsEvent>) {
    this.clientId = clientId;
    this.#fleet = fleet;
    this.#board = board;
    this.#atecc = new AteccDriver(board.secureElement);
    this.#observe = (event) => {
      if (!this.#stopped) observer(event);
    };
  }

  get chipCommands(): number {
    return this.#atecc.commands;
  }

  boot(): void {
    this.#run();
  }

  /** A connection of the SDK says DISCONNECT; then close_notify and FIN. */
  stop(): void {
    this.#loop?.stop();
    this.#stopped = true;
    this.#provisioning?.stop();
    this.#client?.stop();
  }

  async #run(): Promise<void> {
    const station: Station = {
      fleet: this.#fleet,
      board: this.#board,
      atecc: this.#atecc,
      bootedAt: this.#fleet.surroundings.clock.now(),
      observe: this.#observe,
    };
    this.#observe({ type: 'esp32.booted' });
    try {
      const chip = await settled(this.#board.secureElement, () => bootSequence(this.#atecc));
      this.#observe({ type: 'esp32.chipRead', chip });
      const hub = (await this.#recorded(station)) ?? (await this.#provisioned(station));
      if (hub !== undefined && !this.#stopped) await this.#publish(station, hub);
    } catch (error) {
      this.#observe({ type: 'bootFailed', failure: chipFailure(error) });
    }
  }

  async #recorded(station: Station): Promise<string | undefined> {
    const hub = await readRecord(station, this.clientId);
    if (hub !== undefined) this.#observe({ type: 'provisioningSkipped', hub });
    return hub;
  }

  /** Registers, and reads what it has written; undefined when the device stays down. */
  async #provisioned(station: Station): Promise<string | undefined> {
    if (this.#stopped) return undefined;
    this.#provisioning = new Provisioning(station);
    const written = await this.#provisioning.run();
    this.#provisioning = undefined;
    if (written === undefined || this.#stopped) return undefined;
    const hub = await readRecord(station, this.clientId);
    if (hub === undefined) this.#observe({ type: 'bootFailed', failure: NOT_BELIEVED });
    return hub;
  }

  async #publish(station: Station, hub: string): Promise<void> {
    const { secureElement, sensor } = this.#board;
    const username = telemetryUserName(this.#fleet.profile, hub, this.clientId);
    this.#observe({ type: 'azure-dps.configured', serialNumber: this.clientId, hub, username });
    this.#client = telemetryClient(station, hub, this.clientId);
    this.#loop = new PublishLoop(this.#fleet.loop, sensor, this.#client, this.#observe);
    // The same task goes on at the sensor's bus; the chip's belongs to the client's task from here on.
    sensor.clock.follow(secureElement.clock);
    this.#client.start(station.bootedAt);
    await this.#loop.start();
  }
}

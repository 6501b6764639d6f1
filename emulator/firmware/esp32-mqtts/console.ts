import type { Clock } from '../../clock/index.ts';
import {
  type ClientFacts,
  type Esp32Event,
  IDF_VERSION,
  MqttConsole,
  printLoop,
  SerialLog,
  SSID,
} from '../../esp32/index.ts';

/** What is compiled into a firmware and shows on its console. */
export interface ConsoleFacts extends ClientFacts {
  /** As `mqtts://HOST:PORT`. */
  readonly uri: string;
}

/** The serial console of the firmware. `write` gets each line without its end. */
export class FirmwareConsole {
  readonly #uri: string;
  readonly #log: SerialLog;
  readonly #mqtt: MqttConsole;

  constructor(facts: ConsoleFacts, clock: Clock, write: (line: string) => void) {
    this.#uri = facts.uri;
    this.#log = new SerialLog(clock, write);
    this.#mqtt = new MqttConsole(facts, this.#log);
  }

  /** Prints what the firmware prints about it. */
  observe(event: Esp32Event): void {
    switch (event.type) {
      case 'esp32.booted':
        this.#booted();
        break;
      case 'esp32.chipRead':
        this.#log.chip(event.chip);
        this.#log.freeHeap();
        break;
      case 'esp32.clientStarted':
        this.#log.freeMemory();
        this.#log.print(this.#uri);
    }
    this.#mqtt.observe(event);
    printLoop(event, this.#log);
  }

  /** app_main until the network is up. */
  #booted(): void {
    this.#log.boot();
    this.#log.application('[APP] Startup..');
    this.#log.freeMemory();
    this.#log.application(`[APP] IDF version: ${IDF_VERSION}`);
    this.#log.freeHeap();
    this.#log.application(`Setting WiFi configuration SSID ${SSID}...`);
  }
}

import type { Clock } from '../../clock/index.ts';
import { type Esp32Event, IDF_VERSION, MqttConsole, printLoop, SerialLog, SSID } from '../../esp32/index.ts';
import { type AzureDpsEvent, isOwnEvent, type OwnEvent, type RecordField } from './events.ts';
import { deviceBoundFilter, eventsTopic, HUB_PORT } from './names.ts';
import type { AzureDpsProfile } from './profile.ts';

const FIELDS: {
  readonly [field in RecordField]: { readonly slot: string; readonly complete: string; readonly name: string };
} = {
  hubName: {
    slot: 'azureiot hub URL',
    complete: 'Azure IoT URL provisioning complete.',
    name: 'Azure IoT URL',
  },
  serialNumber: { slot: 'device sn', complete: 'device sn provisioning complete.', name: 'device sn' },
};

/** The library's codes of the chip's status bytes (atca_status.h). */
const LIBRARY_CODES = new Map([
  [0x01, 0xd1],
  [0x03, 0xd2],
  [0x05, 0xd6],
  [0x0f, 0xf4],
  [0xff, 0xd4],
]);

/**
 * The serial console of the firmware: of its provisioning, then of its telemetry.
 *
 * What the TLS library prints at its debug level, and what the SDK logs with the lines of its source, is left out.
 */
export class FirmwareConsole {
  readonly #profile: AzureDpsProfile;
  readonly #log: SerialLog;
  #mqtt: MqttConsole | undefined;
  /** Printed without an end of line. */
  #unended = '';
  #registrationFailed = false;

  /** @param write gets each line without its end */
  constructor(profile: AzureDpsProfile, clock: Clock, write: (line: string) => void) {
    this.#profile = profile;
    this.#log = new SerialLog(clock, (line) => {
      write(this.#unended + line);
      this.#unended = '';
    });
  }

  /** Prints what the firmware prints about it. */
  observe(event: AzureDpsEvent): void {
    if (isOwnEvent(event)) {
      this.#registration(event);
      this.#trial(event);
      this.#record(event);
      if (event.type === 'azure-dps.configured') this.#configured(event.serialNumber, event.hub, event.username);
    } else {
      this.#start(event);
      this.#failed(event);
      this.#mqtt?.observe(event);
      printLoop(event, this.#log);
    }
  }

  #start(event: Esp32Event): void {
    switch (event.type) {
      case 'esp32.booted':
        this.#log.boot();
        this.#log.application('[APP] Startup..');
        this.#log.application(`[APP] IDF version: ${IDF_VERSION}`);
        this.#log.freeHeap();
        this.#log.application(`Setting WiFi configuration SSID ${SSID}...`);
        break;
      case 'esp32.chipRead':
        this.#log.chip(event.chip);
        this.#log.freeHeap();
        this.#log.application('Connected to AP success!');
    }
  }

  #registration(event: OwnEvent): void {
    switch (event.type) {
      case 'azure-dps.begun':
        this.#log.print(`Provisioning API Version: ${this.#profile.sdk.clientVersion}`);
        this.#log.print(`Iothub API Version: ${this.#profile.sdk.clientVersion}`);
        break;
      case 'azure-dps.serialRead':
        this.#log.print(event.serialNumber);
        break;
      case 'azure-dps.status':
        this.#log.print(`Provisioning Status: PROV_DEVICE_REG_STATUS_${event.status}`);
        break;
      case 'azure-dps.registered':
        this.#log.print(`Registration Information received from service: ${event.hub}!`);
        this.#log.print(`${event.deviceId}!`);
        break;
      case 'azure-dps.registrationFailed':
        this.#registrationFailed = true;
        this.#log.print(`Failure encountered on registration PROV_DEVICE_RESULT_${event.result}`);
    }
  }

  #failed(event: Esp32Event): void {
    if (event.type === 'attemptFailed') this.#registrationFailed = false;
    if (event.type !== 'bootFailed' || !this.#registrationFailed) return;
    this.#log.print('registration failed!');
    // Quirk: it goes on with the hub that it does not have, prints this, and crashes.
    this.#log.print('Registering (null) ...');
  }

  #trial(event: OwnEvent): void {
    switch (event.type) {
      case 'azure-dps.trialBegins':
        this.#log.print('Creating IoTHub Device handle');
        break;
      case 'azure-dps.trialBegan': {
        // Quirk: it counts whole seconds and waits until there are more of them than it says.
        const seconds = Math.floor(this.#profile.trial.gapMs / 1000) - 1;
        this.#log.print(
          `Sending 1 messages to IoTHub every ${seconds} seconds for ${event.messages} messages (Send any message to stop)`,
        );
        break;
      }
      case 'azure-dps.messageAccepted':
        this.#log.print(
          `IoTHubClient_LL_SendEventAsync accepted message [${event.count}] for transmission to IoT Hub.`,
        );
        break;
      case 'azure-dps.stopMessage':
        this.#log.print('Stop message recieved from IoTHub');
    }
  }

  #record(event: OwnEvent): void {
    switch (event.type) {
      case 'azure-dps.recording':
        this.#log.print(`Registering ${event.hub} ...`);
        break;
      case 'azure-dps.slotRefused': {
        // Quirk: the code is decimal behind 0x, and the end of the line is written with slashes.
        const code = String(LIBRARY_CODES.get(event.status) ?? event.status).padStart(8, '0');
        this.#unended += `${event.access} ${FIELDS[event.field].slot} to slot8 failed with ret=0x${code}/r/n`;
        break;
      }
      case 'azure-dps.compared': {
        const { complete, name } = FIELDS[event.field];
        this.#log.print(event.same ? complete : `error comparing ${name}`);
      }
    }
  }

  /** The end of the telemetry firmware's sysinit, and the beginning of its mqtt_app_start. */
  #configured(serialNumber: string, hub: string, username: string): void {
    const { telemetryClient, mqtt } = this.#profile;
    const uri = `mqtts://${hub}:${HUB_PORT}`;
    this.#log.print(`Serial Number Strings${serialNumber}`);
    this.#log.print(deviceBoundFilter(serialNumber));
    this.#log.print(eventsTopic(serialNumber));
    this.#log.print(serialNumber);
    this.#log.print(username);
    this.#log.print(uri);
    this.#log.freeHeap();
    if (telemetryClient !== 'esp-mqtt') return;
    this.#mqtt = new MqttConsole({ reconnectMs: mqtt.reconnect.waitMs, bufferBytes: mqtt.bufferBytes }, this.#log);
    this.#log.print(`Client ID:${serialNumber}`);
    this.#log.print(`Username:${username}`);
    this.#log.freeMemory();
    this.#log.print(uri);
  }
}

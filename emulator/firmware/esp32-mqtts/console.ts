import type { Clock } from '../../clock/index.ts';
import type { DeviceFailure } from '../../device/index.ts';
import type { ChipReport } from '../../host-library/index.ts';
import { type MqttEvent, publishLength, type WriteFailure } from '../../mqtt/index.ts';
import type { Esp32MqttsEvent } from './events.ts';

/** What is compiled into a firmware and shows on its console. */
export interface ConsoleFacts {
  /** As `mqtts://HOST:PORT`. */
  readonly uri: string;
  /** What the client names when it announces a reconnect, ms. */
  readonly reconnectMs: number;
  /** Of the input buffer: the longest read. */
  readonly bufferBytes: number;
}

/** The twin has no heap and no stack: what the original firmware's log shows once the device publishes. */
const HEAP_8BIT = 128_120;
const HEAP_32BIT = 190_296;
const STACK = 1904;
const IDF_VERSION = 'v3.3';
/** The twin has no radio: a network by this name is always there. */
const SSID = 'emu';

/** ERROR of Bosch's driver: a transfer failed. */
const MEASURE_FAILED = -1;

const REFUSALS = new Map([
  [1, 'bad protocol'],
  [3, 'server unavailable'],
  [4, 'bad username or password'],
  [5, 'not authorized'],
]);

const NOT_WRITTEN = {
  publish: 'Error to public data to',
  subscribe: 'Error to subscribe',
  unsubscribe: 'Error to unsubscribe',
};

const CONNECT = 1;
const text = new TextDecoder();

/**
 * The serial console of the firmware, line by line: ESP-IDF's log, `L (ms since boot) TAG: …`, and what the application
 * prints. `write` gets each line without its end.
 *
 * The lines of TRANS_SSL are left out: they are error numbers of a TLS library that does not run here.
 */
export class FirmwareConsole {
  readonly #facts: ConsoleFacts;
  readonly #clock: Clock;
  readonly #write: (line: string) => void;
  #bootedAt = 0;
  /** How far the present connection has come. */
  #reached: 'nothing' | 'CONNECT' | 'CONNACK' = 'nothing';
  /** Of what was read last: its first byte, which stays in the input buffer, and its length. */
  #firstByte = 0;
  #length = 0;

  constructor(facts: ConsoleFacts, clock: Clock, write: (line: string) => void) {
    this.#facts = facts;
    this.#clock = clock;
    this.#write = write;
  }

  /** Prints what the firmware prints about it. */
  observe(event: Esp32MqttsEvent): void {
    switch (event.type) {
      case 'esp32-mqtts.booted':
        this.#booted();
        break;
      case 'esp32-mqtts.chipRead':
        this.#chip(event.chip);
        break;
      case 'esp32-mqtts.clientStarted':
        this.#reached = 'nothing';
        this.#freeMemory();
        this.#write(this.#facts.uri);
        break;
      case 'esp32-mqtts.credentialsSet':
        this.#write('  . Set up the client credentials. ok');
        this.#write('MBEDTLS_SSL_VERIFY_REQUIRED');
        break;
      case 'esp32-mqtts.credentialsMissing':
        this.#write('Failed to parse cert from device');
        break;
      case 'tlsEstablished':
        this.#reached = 'CONNECT';
        this.#client('I', `Sending MQTT CONNECT message, type: ${CONNECT}, id: 0000`);
        break;
      case 'packet':
        if (event.direction === 'received') {
          this.#firstByte = event.bytes[0] ?? 0;
          this.#length = event.bytes.length;
        }
        break;
      case 'esp32-mqtts.client':
        this.#clientEvent(event.event);
        break;
      case 'esp32-mqtts.requested':
        this.#application(`sent ${event.request} successful, msg_id=${event.id}`);
        break;
      case 'esp32-mqtts.notWritten': {
        const { request, topic, qos, failure } = event;
        this.#writeFailed(failure);
        this.#client('E', `${NOT_WRITTEN[request]} topic=${topic}${qos === undefined ? '' : `, qos=${qos}`}`);
        break;
      }
      case 'esp32-mqtts.notConnected':
        this.#client('E', 'Client has not connected');
        break;
      case 'attemptFailed':
      case 'disconnected':
        this.#down(event.failure);
        break;
      case 'esp32-mqtts.loopBegan':
        this.#freeHeap();
        break;
      case 'esp32-mqtts.measured':
        if (!event.acknowledged) this.#log('E', 'ECC608', `measure error. code: ${MEASURE_FAILED}`);
        this.#application(`Stack remaining for task 'main' is ${STACK} bytes`);
    }
  }

  /** app_main until the network is up. */
  #booted(): void {
    this.#bootedAt = this.#clock.now();
    this.#application('[APP] Startup..');
    this.#freeMemory();
    this.#application(`[APP] IDF version: ${IDF_VERSION}`);
    this.#freeHeap();
    this.#application(`Setting WiFi configuration SSID ${SSID}...`);
  }

  #chip({ random, serialNumber, revision, configZone }: ChipReport): void {
    this.#dump('Random Number:', random, 8);
    // Serial number and revision stay on one line each, whatever their length.
    this.#dump('Serial Number:', serialNumber, serialNumber.length);
    this.#dump('Revision Number:', revision, revision.length);
    this.#dump('Config Zone data:', configZone, 8);
    this.#freeHeap();
  }

  /** The application's event handler, and what the client says before it calls it. */
  #clientEvent(event: MqttEvent): void {
    switch (event.type) {
      case 'connected':
        this.#reached = 'CONNACK';
        this.#application('MQTT_EVENT_CONNECTED');
        break;
      case 'subscribed':
        this.#application(`MQTT_EVENT_SUBSCRIBED, msg_id=${event.id}`);
        break;
      case 'unsubscribed':
        this.#application(`MQTT_EVENT_UNSUBSCRIBED, msg_id=${event.id}`);
        break;
      case 'published':
        this.#application(`MQTT_EVENT_PUBLISHED, msg_id=${event.id}`);
        break;
      case 'connackRefused':
        this.#client('W', `Connection refused, ${REFUSALS.get(event.code) ?? 'Unknow reason'}`);
        break;
      case 'message':
        this.#message(event);
    }
  }

  /** There is no connection, or none any more. */
  #down(failure: DeviceFailure): void {
    if (this.#reached === 'nothing') this.#client('E', 'Error transport connect');
    else if (this.#reached === 'CONNECT') this.#noConnack(failure);
    else if (failure.step === 'mqtt' && failure.code === 'NO_PINGRESP') {
      this.#client('E', 'No PING_RESP, disconnected');
    } else if (failure.step === 'mqtt' && failure.code === 'WRITE_TIMEOUT') {
      this.#writeFailed('write_timeout');
      this.#client('E', 'Error sending ping');
      this.#client('E', "Can't send ping, disconnected");
    } else this.#client('E', 'Read error or end of stream');
    this.#reached = 'nothing';
    this.#client('I', `Reconnect after ${this.#facts.reconnectMs} ms`);
    this.#application('MQTT_EVENT_DISCONNECTED');
  }

  /** mqtt_write_data: what ssl_write returns is 0 when its poll timed out, and -1 when the socket is gone. */
  #writeFailed(failure: WriteFailure): void {
    const length = failure === 'write_timeout' ? 0 : -1;
    this.#client('E', `Error write data or timeout, written len = ${length}`);
  }

  /** Quirk: the error that follows a missing CONNACK has the severity of an information and speaks of success. */
  #noConnack({ step, code }: DeviceFailure): void {
    if (step !== 'mqtt') this.#client('E', 'Error network response');
    // Quirk: a read that timed out is one of 0 bytes, and the type is that of whatever the buffer holds.
    else if (code === 'CONNACK_TIMEOUT' || code === 'NOT_A_CONNACK') {
      const length = code === 'CONNACK_TIMEOUT' ? 0 : this.#length;
      this.#client('E', `Invalid MSG_TYPE response: ${this.#firstByte >> 4}, read_len: ${length}`);
    }
    this.#client('I', 'Error MQTT Connected');
  }

  /** Quirk: of a message in pieces every one is an event, and all but the first have an empty topic. */
  #message(event: Extract<MqttEvent, { type: 'message' }>): void {
    if (event.topic !== undefined) {
      const length = publishLength(event.topic, event.qos, event.totalLength);
      const unread = event.totalLength - event.payload.length;
      const read = this.#length <= this.#facts.bufferBytes ? this.#length : length - unread;
      this.#client('I', `deliver_publish, message_length_read=${read}, message_length=${length}`);
    }
    this.#application('MQTT_EVENT_DATA');
    this.#write(`TOPIC=${event.topic ?? ''}`);
    this.#write(`DATA=${text.decode(event.payload)}`);
  }

  #freeMemory(): void {
    this.#application(`[APP] Free memory: ${HEAP_32BIT} bytes`);
  }

  #freeHeap(): void {
    this.#write(`Free Heap Size 8bit = ${HEAP_8BIT}`);
    this.#write(`Free Heap Size 32bit = ${HEAP_32BIT}`);
  }

  #dump(title: string, bytes: Uint8Array, perLine: number): void {
    this.#write(title);
    for (let at = 0; at < bytes.length; at += perLine) {
      let line = '';
      for (const byte of bytes.subarray(at, at + perLine)) line += `${byte.toString(16).padStart(2, '0')} `;
      this.#write(line);
    }
  }

  #application(line: string): void {
    this.#log('I', 'ECC608', line);
  }

  #client(level: 'E' | 'W' | 'I', line: string): void {
    this.#log(level, 'MQTT_CLIENT', line);
  }

  #log(level: 'E' | 'W' | 'I', tag: string, line: string): void {
    this.#write(`${level} (${Math.floor(this.#clock.now() - this.#bootedAt)}) ${tag}: ${line}`);
  }
}

import type { DeviceFailure } from '../device/index.ts';
import { type MqttEvent, publishLength, type WriteFailure } from '../mqtt/index.ts';
import type { Esp32Event } from './events.ts';
import type { LogLevel, SerialLog } from './serial-log.ts';

/** What is compiled into a client and shows on its console. */
export interface ClientFacts {
  /** What the client names when it announces a reconnect, ms. */
  readonly reconnectMs: number;
  /** Of the input buffer: the longest read. */
  readonly bufferBytes: number;
}

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
 * What the MQTT client and the application's handler of its events print.
 *
 * The lines of TRANS_SSL are left out: they are error numbers of a TLS library that does not run here.
 */
export class MqttConsole {
  readonly #facts: ClientFacts;
  readonly #log: SerialLog;
  /** How far the present connection has come. */
  #reached: 'nothing' | 'CONNECT' | 'CONNACK' = 'nothing';
  /** Of what was read last: its first byte, which stays in the input buffer, and its length. */
  #firstByte = 0;
  #length = 0;

  constructor(facts: ClientFacts, log: SerialLog) {
    this.#facts = facts;
    this.#log = log;
  }

  /** Prints what the firmware prints about it. */
  observe(event: Esp32Event): void {
    switch (event.type) {
      case 'esp32.clientStarted':
        this.#reached = 'nothing';
        break;
      case 'esp32.credentialsSet':
        this.#log.print('  . Set up the client credentials. ok');
        this.#log.print('MBEDTLS_SSL_VERIFY_REQUIRED');
        break;
      case 'esp32.credentialsMissing':
        this.#log.print('Failed to parse cert from device');
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
      case 'esp32.client':
        this.#clientEvent(event.event);
        break;
      case 'esp32.requested':
        this.#application(`sent ${event.request} successful, msg_id=${event.id}`);
        break;
      case 'esp32.notWritten': {
        const { request, topic, qos, failure } = event;
        this.#writeFailed(failure);
        this.#client('E', `${NOT_WRITTEN[request]} topic=${topic}${qos === undefined ? '' : `, qos=${qos}`}`);
        break;
      }
      case 'esp32.notConnected':
        this.#client('E', 'Client has not connected');
        break;
      case 'attemptFailed':
      case 'disconnected':
        this.#down(event.failure);
    }
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
    this.#log.print(`TOPIC=${event.topic ?? ''}`);
    this.#log.print(`DATA=${text.decode(event.payload)}`);
  }

  #application(line: string): void {
    this.#log.application(line);
  }

  #client(level: LogLevel, line: string): void {
    this.#log.log(level, 'MQTT_CLIENT', line);
  }
}

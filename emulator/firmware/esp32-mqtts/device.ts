import { Bme280Driver } from '../../bme280-driver/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { ChipCrypto } from '../../crypto/index.ts';
import {
  BrokerLink,
  type BrokerRoute,
  chipFailure,
  type DeviceEvents,
  type DeviceFailure,
} from '../../device/index.ts';
import {
  AteccDriver,
  bootSequence,
  type CredentialDefinitions,
  chipKeys,
  loadCredentials,
} from '../../host-library/index.ts';
import { type I2cController, settled } from '../../i2c/index.ts';
import {
  clientIdFrom,
  DISCONNECT_WORDS,
  type DisconnectReason,
  MqttClient,
  type MqttEvent,
  reconnectGap,
} from '../../mqtt/index.ts';
import { sprintf } from '../../printf/index.ts';
import type { Rng } from '../../rng/index.ts';
import type { FirmwareConsole } from './console.ts';
import type { Esp32MqttsProfile, ScriptStep } from './profile.ts';

/** What all devices of a fleet share. */
export interface Esp32MqttsFirmware {
  readonly profile: Esp32MqttsProfile;
  /** Compiled in: how certificates are rebuilt from the chip's slots. */
  readonly definitions: CredentialDefinitions;
  readonly route: BrokerRoute;
  readonly clock: Clock;
  /** The microcontroller's own computations. */
  readonly crypto: ChipCrypto;
  /** Replaces the whole telemetry period, settling included, ms. */
  readonly intervalMs?: number | undefined;
}

/** What one device is made of. */
export interface Esp32MqttsParts {
  /** I2C port 1: the secure element. */
  readonly secureElement: I2cController;
  /** I2C port 0: the sensor. */
  readonly sensor: I2cController;
  /** The last three bytes of the station's MAC address. */
  readonly macTail: Uint8Array;
  /** The CN compiled into the certificate template, ASCII; without it the firmware reads slot 8. */
  readonly commonName: Uint8Array | undefined;
  readonly rng: Rng;
  /** Its serial console, when somebody reads it. */
  readonly console?: FirmwareConsole | undefined;
}

const HECTOPASCAL = 100;
const NO_REST = () => {};

/**
 * The twin of an ESP32 with an ATECC608A and a BME280 that publishes its telemetry over mutual-TLS MQTT: what the
 * firmware's main task and its MQTT task do, in their order.
 */
export class Esp32Mqtts {
  readonly clientId: string;
  readonly #firmware: Esp32MqttsFirmware;
  readonly #parts: Esp32MqttsParts;
  readonly #events: DeviceEvents;
  readonly #atecc: AteccDriver;
  readonly #mqtt: MqttClient;
  #link: BrokerLink | undefined;
  #bootedAt = 0;
  #connectSentAt = 0;
  #connected = false;
  #stopped = false;
  #cancelRest = NO_REST;
  #cancelReconnect = NO_REST;

  constructor(firmware: Esp32MqttsFirmware, parts: Esp32MqttsParts, events: DeviceEvents) {
    const { profile, clock } = firmware;
    this.clientId = clientIdFrom(parts.macTail, profile.mqtt.clientIdPrefix);
    this.#firmware = firmware;
    this.#parts = parts;
    this.#events = events;
    this.#atecc = new AteccDriver(parts.secureElement);
    this.#mqtt = new MqttClient(this.clientId, profile.mqtt, { clock, rng: parts.rng.fork('mqtt') }, this);
  }

  /** Commands that the secure element has executed for this device since it booted. */
  get chipCommands(): number {
    return this.#atecc.commands;
  }

  /** Powers the device up. It runs until `stop`. */
  boot(): void {
    this.#bootedAt = this.#firmware.clock.now();
    this.#parts.console?.booted();
    this.#mainTask();
  }

  /** Closes the connection as the firmware would at a reset that is polite: close_notify, no DISCONNECT. */
  stop(): void {
    this.#stopped = true;
    this.#cancelRest();
    this.#cancelReconnect();
    this.#link?.close();
    this.#mqtt.transportDown();
  }

  async #mainTask(): Promise<void> {
    try {
      const chip = await settled(this.#parts.secureElement, () => bootSequence(this.#atecc));
      this.#parts.console?.chip(chip);
    } catch (error) {
      this.#events.attemptFailed(chipFailure(error));
      return;
    }
    if (this.#stopped) return;
    // The same task goes on at the sensor's bus; the chip's belongs to the MQTT task from here on.
    this.#parts.sensor.clock.follow(this.#parts.secureElement.clock);
    this.#parts.console?.clientMade();
    this.#connect();
    await this.#telemetryLoop();
  }

  async #telemetryLoop(): Promise<void> {
    const { profile, intervalMs } = this.#firmware;
    const { topic, qos, payload } = profile.telemetry;
    const settleMs = Math.min(profile.telemetry.settleMs, intervalMs ?? Number.POSITIVE_INFINITY);
    const restMs = intervalMs === undefined ? profile.telemetry.periodMs : intervalMs - settleMs;
    const bus = this.#parts.sensor;
    const sensor = new Bme280Driver(bus, profile.sensor.address);
    await settled(bus, () => sensor.initialise());
    while (!this.#stopped) {
      this.#parts.console?.loopBegins();
      await this.#rest(settleMs);
      const { acknowledged, temperature, pressure, humidity } = await settled(bus, () => sensor.sample());
      this.#parts.console?.measured(acknowledged);
      // Quirk: a sample taken while the client has no connection is lost, not queued.
      this.#publish(topic, sprintf(payload, temperature, pressure / HECTOPASCAL, humidity), qos, 'telemetry');
      await this.#rest(restMs);
    }
  }

  /** A delay of the main task. Never resolves once the device is stopped. */
  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#stopped) this.#cancelRest = this.#parts.sensor.clock.alarm(ms, resolve);
    });
  }

  /** One attempt. Quirk: certificates are rebuilt from the chip for every connection, before the TCP connect. */
  async #connect(): Promise<void> {
    const { definitions, route, clock, crypto, profile } = this.#firmware;
    const { rng, commonName, console, secureElement } = this.#parts;
    let certificates: readonly Uint8Array[];
    try {
      secureElement.clock.resume();
      certificates = await settled(secureElement, () => loadCredentials(this.#atecc, definitions, commonName));
    } catch (error) {
      console?.credentialsMissing();
      this.#down(chipFailure(error));
      return;
    }
    if (this.#stopped) return;
    console?.credentialsSet();
    const keys = chipKeys(this.#atecc, profile.chip, crypto);
    this.#link = new BrokerLink(
      route,
      { certificates, keys },
      { clock, rng, bootedAt: this.#bootedAt },
      {
        tcpConnected: (ms) => this.#events.tcpConnected(ms),
        tlsEstablished: (ms) => {
          this.#events.tlsEstablished(ms);
          this.#connectSentAt = clock.now();
          console?.connecting();
          this.#mqtt.transportUp();
        },
        received: (record) => {
          this.#events.packet('received', record);
          console?.received(record);
          this.#mqtt.receive(record);
        },
        down: (failure) => this.#down(failure),
      },
    );
  }

  /** There is no connection, or none any more: the next attempt follows. */
  #down(failure: DeviceFailure, reason?: DisconnectReason): void {
    if (this.#stopped) return;
    this.#parts.console?.down(reason);
    this.#link?.close();
    this.#link = undefined;
    this.#mqtt.transportDown();
    if (this.#connected) this.#events.disconnected(failure);
    else this.#events.attemptFailed(failure);
    this.#connected = false;
    this.#cancelReconnect = this.#firmware.clock.alarm(reconnectGap(this.#firmware.profile.mqtt.reconnect), () => {
      this.#connect();
    });
  }

  /** From the MQTT client: one packet, one TLS record. */
  send(packet: Uint8Array): void {
    this.#events.packet('sent', packet);
    this.#link?.send(packet);
  }

  /** From the MQTT client. */
  event(event: MqttEvent): void {
    if (this.#stopped) return;
    this.#parts.console?.event(event);
    switch (event.type) {
      case 'connected':
        this.#connected = true;
        this.#events.connected(this.#firmware.clock.now() - this.#connectSentAt);
        this.#perform(this.#firmware.profile.script.onConnected);
        break;
      case 'subscribed':
        this.#perform(this.#firmware.profile.script.onSubscribed);
        break;
      case 'connackRefused':
        this.#down(
          { step: 'mqtt', code: `CONNACK_${event.code}`, message: `CONNACK with code ${event.code}` },
          'CONNECTION_REFUSED',
        );
        break;
      case 'disconnected':
        // The client's own decisions; a lost transport and a refusal are known here already.
        if (event.reason !== 'TRANSPORT_LOST' && event.reason !== 'CONNECTION_REFUSED') {
          this.#down({ step: 'mqtt', code: event.reason, message: DISCONNECT_WORDS[event.reason] }, event.reason);
        }
        break;
      case 'message':
        if (event.topic !== undefined) this.#events.messageReceived(event.topic);
        break;
      case 'dropped':
        if (event.topic !== undefined) this.#events.messageDropped(event.topic);
        break;
    }
  }

  #perform(steps: readonly ScriptStep[]): void {
    for (const step of steps) {
      if ('subscribe' in step) {
        const id = this.#mqtt.subscribe(this.#topic(step.subscribe.topic), step.subscribe.qos);
        this.#parts.console?.requested('subscribe', id);
      } else if ('unsubscribe' in step) {
        const id = this.#mqtt.unsubscribe(this.#topic(step.unsubscribe.topic));
        this.#parts.console?.requested('unsubscribe', id);
      } else {
        const id = this.#publish(step.publish.topic, step.publish.payload, step.publish.qos, 'script');
        this.#parts.console?.requested('publish', id);
      }
    }
  }

  /** Returns the packet id, or -1 when the client refuses. */
  #publish(pattern: string, payload: string, qos: 0 | 1 | 2, kind: 'telemetry' | 'script'): number {
    const topic = this.#topic(pattern);
    if (!this.#mqtt.connected) this.#parts.console?.notConnected();
    const id = this.#mqtt.publish(topic, payload, qos);
    if (id >= 0) this.#events.messageSent(topic, kind);
    return id;
  }

  #topic(pattern: string): string {
    return pattern.replaceAll('{clientId}', this.clientId);
  }
}

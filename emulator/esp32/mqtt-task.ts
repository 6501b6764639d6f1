import {
  BrokerLink,
  type BrokerRoute,
  chipFailure,
  type DeviceEvent,
  type DeviceFailure,
  type FleetSurroundings,
  type MessageKind,
  type Observe,
} from '../device/index.ts';
import { type AteccDriver, chipKeys, type HandshakeSlots, loadCredentials } from '../host-library/index.ts';
import { settled } from '../i2c/index.ts';
import {
  DISCONNECT_WORDS,
  MqttClient,
  type MqttEvent,
  reconnectGap,
  type WriteFailure,
  WriteWait,
} from '../mqtt/index.ts';
import type { Board } from './board.ts';
import type { Esp32Event } from './events.ts';
import type { ClientSettings, Script, ScriptStep } from './profile.ts';
import type { Publisher } from './publish-loop.ts';
import { topicOf } from './topics.ts';

const NOTHING = () => {};
const SCRIPT_DUE = { type: 'messageDue', kind: 'script', lateMs: 0 } as const;

type MessageSent = Extract<DeviceEvent, { readonly type: 'messageSent' }>;

/** What a device's MQTT task is configured with. */
export interface MqttTaskSettings {
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly profile: { readonly mqtt: ClientSettings; readonly script: Script; readonly chip: HandshakeSlots };
  readonly route: BrokerRoute;
  readonly surroundings: Pick<FleetSurroundings, 'clock' | 'crypto' | 'definitions'>;
}

/** The task of the MQTT client, with the application's handler of its events: connects, for ever, and plays the script. */
export class MqttTask implements Publisher {
  readonly #settings: MqttTaskSettings;
  readonly #atecc: AteccDriver;
  readonly #board: Board;
  readonly #observe: Observe<Esp32Event>;
  readonly #client: MqttClient;
  /** The main task, while it stands still before a publish. */
  readonly #publishing: WriteWait;
  /** Published on this connection, and not yet taken by the system. */
  readonly #untaken: MessageSent[] = [];
  #link: BrokerLink | undefined;
  #bootedAt = 0;
  #connectSentAt = 0;
  #connected = false;
  #everConnected = false;
  #stopped = false;
  #cancelReconnect = NOTHING;

  constructor(settings: MqttTaskSettings, atecc: AteccDriver, board: Board, observe: Observe<Esp32Event>) {
    this.#settings = settings;
    this.#atecc = atecc;
    this.#board = board;
    this.#observe = observe;
    const { clientId, username, profile, surroundings } = settings;
    const { clock } = surroundings;
    const { mqtt } = profile;
    this.#client = new MqttClient(clientId, mqtt, { clock, rng: board.rng.fork('mqtt') }, this, username);
    this.#publishing = new WriteWait(clock, mqtt.networkTimeoutMs, () => this.blocked, NOTHING);
  }

  /** @param bootedAt when the device was powered up, on the fleet's clock */
  start(bootedAt: number): void {
    this.#bootedAt = bootedAt;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelReconnect();
    this.#link?.close();
    this.#client.transportDown();
    this.#publishing.lost();
  }

  /** Whether the main task stands still when it publishes now. */
  get publishWaits(): boolean {
    return this.#client.connected && this.blocked;
  }

  /** The main task stands still until it may publish, or may not any more. */
  waitToPublish(publish: (failure?: WriteFailure) => void): void {
    this.#publishing.begin(publish);
  }

  /**
   * esp_mqtt_client_publish on a topic of the profile. Returns the packet id, or -1 when the client refuses, or when the
   * caller's task waited to write and may not.
   */
  publish(pattern: string, payload: string, qos: 0 | 1 | 2, kind: MessageKind, failure?: WriteFailure): number {
    const topic = topicOf(pattern, this.#client.clientId);
    if (failure !== undefined) {
      this.#observe({ type: 'esp32.notWritten', request: 'publish', topic, qos, failure });
      this.#observe({ type: 'messageNotSent', kind, reason: failure });
      return -1;
    }
    const { connected } = this.#client;
    if (!connected) this.#observe({ type: 'esp32.notConnected' });
    const id = this.#client.publish(topic, payload, qos);
    if (id >= 0) {
      this.#untaken.push({ type: 'messageSent', topic, kind });
    } else {
      const unconnected = this.#everConnected ? 'no_connection' : 'before_first_connack';
      this.#observe({ type: 'messageNotSent', kind, reason: connected ? 'too_large' : unconnected });
    }
    return id;
  }

  /** One attempt. Quirk: certificates are rebuilt from the chip for every connection, before the TCP connect. */
  async #connect(): Promise<void> {
    const { profile, route, surroundings } = this.#settings;
    const { clock, crypto, definitions } = surroundings;
    const { rng, commonName, secureElement } = this.#board;
    let certificates: readonly Uint8Array[];
    try {
      secureElement.clock.resume();
      certificates = await settled(secureElement, () => loadCredentials(this.#atecc, definitions, commonName));
    } catch (error) {
      this.#observe({ type: 'esp32.credentialsMissing' });
      this.#down(chipFailure(error));
      return;
    }
    if (this.#stopped) return;
    this.#observe({ type: 'esp32.credentialsSet' });
    const keys = chipKeys(this.#atecc, profile.chip, crypto);
    this.#observe({ type: 'connecting' });
    this.#link = new BrokerLink(
      route,
      { certificates, keys },
      { clock, rng, bootedAt: this.#bootedAt },
      {
        tcpConnected: (ms) => this.#observe({ type: 'tcpConnected', ms }),
        tlsEstablished: (ms) => {
          this.#observe({ type: 'tlsEstablished', ms });
          this.#connectSentAt = clock.now();
          this.#client.transportUp();
        },
        received: (record) => {
          this.#observe({ type: 'packet', direction: 'received', bytes: record });
          this.#client.receive(record);
        },
        taken: () => this.#taken(),
        down: (failure) => this.#down(failure),
      },
    );
  }

  /** There is no connection, or none any more: the next attempt follows. */
  #down(failure: DeviceFailure): void {
    if (this.#stopped) return;
    this.#link?.close();
    this.#link = undefined;
    this.#client.transportDown();
    this.#observe({ type: this.#connected ? 'disconnected' : 'attemptFailed', failure });
    this.#connected = false;
    this.#publishing.lost();
    for (const { kind } of this.#untaken) this.#observe({ type: 'messageNotSent', kind, reason: 'no_connection' });
    this.#untaken.length = 0;
    const { clock } = this.#settings.surroundings;
    this.#cancelReconnect = clock.alarm(reconnectGap(this.#settings.profile.mqtt.reconnect), () => this.#connect());
  }

  /** The system has all that was sent. */
  #taken(): void {
    for (const sent of this.#untaken) this.#observe(sent);
    this.#untaken.length = 0;
    this.#client.transportTaken();
    this.#publishing.taken();
  }

  /** From the MQTT client. */
  get blocked(): boolean {
    return this.#link?.blocked === true;
  }

  /** From the MQTT client. */
  pause(): void {
    this.#link?.pause();
  }

  /** From the MQTT client. */
  resume(): void {
    this.#link?.resume();
  }

  /** From the MQTT client: one packet, one TLS record. */
  send(packet: Uint8Array): void {
    this.#observe({ type: 'packet', direction: 'sent', bytes: packet });
    this.#link?.send(packet);
  }

  /** From the MQTT client. */
  event(event: MqttEvent): void {
    if (this.#stopped) return;
    this.#observe({ type: 'esp32.client', event });
    switch (event.type) {
      case 'connected':
        this.#connected = true;
        this.#everConnected = true;
        this.#observe({ type: 'connected', ms: this.#settings.surroundings.clock.now() - this.#connectSentAt });
        this.#perform(this.#settings.profile.script.onConnected);
        break;
      case 'subscribed':
        this.#perform(this.#settings.profile.script.onSubscribed);
        break;
      case 'connackRefused':
        this.#down({ step: 'mqtt', code: `CONNACK_${event.code}`, message: `CONNACK with code ${event.code}` });
        break;
      case 'disconnected':
        // The client's own decisions; a lost transport and a refusal are known here already.
        if (event.reason !== 'TRANSPORT_LOST' && event.reason !== 'CONNECTION_REFUSED') {
          this.#down({ step: 'mqtt', code: event.reason, message: DISCONNECT_WORDS[event.reason] });
        }
        break;
      case 'message':
        if (event.topic !== undefined) this.#observe({ type: 'messageReceived', topic: event.topic });
        break;
      case 'dropped':
        if (event.topic !== undefined) this.#observe({ type: 'messageDropped', topic: event.topic });
        break;
    }
  }

  #perform(steps: readonly ScriptStep[]): void {
    for (const step of steps) {
      if ('publish' in step) this.#observe(SCRIPT_DUE);
      if (this.#client.mayWrite) this.#request(step);
      else this.#client.waitToWrite((failure) => this.#request(step, failure));
    }
  }

  #request(step: ScriptStep, failure?: WriteFailure): void {
    if ('publish' in step) {
      const { topic, payload, qos } = step.publish;
      this.#requested('publish', this.publish(topic, payload, qos, 'script', failure));
    } else if ('subscribe' in step) {
      const { qos } = step.subscribe;
      const topic = topicOf(step.subscribe.topic, this.#client.clientId);
      if (failure) this.#observe({ type: 'esp32.notWritten', request: 'subscribe', topic, qos, failure });
      this.#requested('subscribe', failure ? -1 : this.#client.subscribe(topic, qos));
    } else {
      const topic = topicOf(step.unsubscribe.topic, this.#client.clientId);
      if (failure) this.#observe({ type: 'esp32.notWritten', request: 'unsubscribe', topic, failure });
      this.#requested('unsubscribe', failure ? -1 : this.#client.unsubscribe(topic));
    }
  }

  #requested(request: 'subscribe' | 'unsubscribe' | 'publish', id: number): void {
    this.#observe({ type: 'esp32.requested', request, id });
  }
}

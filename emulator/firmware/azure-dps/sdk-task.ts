import { patience } from '../../clock/index.ts';
import type { DeviceFailure, MessageKind } from '../../device/index.ts';
import { type Publisher, topicOf } from '../../esp32/index.ts';
import { type WriteFailure, WriteWait } from '../../mqtt/index.ts';
import type { Rng } from '../../rng/index.ts';
import { PacketIds, type UmqttEvent } from '../../umqtt/index.ts';
import { backoffMs } from './backoff.ts';
import { D2cMessages } from './d2c-messages.ts';
import { DeviceTwin, TWIN_FILTERS } from './device-twin.ts';
import { deviceBoundFilter, HUB_PORT } from './names.ts';
import type { Backoff } from './profile.ts';
import { SdkSession } from './sdk-session.ts';
import type { Station } from './station.ts';

const NOTHING = () => {};

/** One connection: what ends with it. */
interface Connection {
  readonly session: SdkSession;
  readonly messages: D2cMessages;
  readonly twin: DeviceTwin;
  readonly ids: PacketIds;
}

/** Whom the task connects to, as whom, and how it comes back. */
export interface SdkTaskSettings {
  readonly hub: string;
  readonly deviceId: string;
  readonly username: string;
  readonly backoff: Backoff;
}

/**
 * A current SDK's client of the hub: telemetry with acknowledgements, a device twin, direct methods, and a jittered backoff
 * after a loss. What cannot be sent is lost; the original queues it.
 */
export class SdkTask implements Publisher {
  readonly #station: Station;
  readonly #settings: SdkTaskSettings;
  readonly #jitter: Rng;
  readonly #publishing: WriteWait;
  #current: Connection | undefined;
  #connectSentAt = 0;
  #connected = false;
  #everConnected = false;
  #failures = 0;
  #stopped = false;
  #cancel = NOTHING;

  constructor(station: Station, settings: SdkTaskSettings) {
    this.#station = station;
    this.#settings = settings;
    this.#jitter = station.board.rng.fork('reconnect');
    const { profile, surroundings } = station.fleet;
    const isBlocked = () => this.#current?.session.blocked === true;
    this.#publishing = new WriteWait(surroundings.clock, profile.sdk.networkTimeoutMs, isBlocked, NOTHING);
  }

  start(): void {
    const connection = this.#newConnection();
    this.#current = connection;
    connection.session.open();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    this.#current?.messages.stop();
    this.#current?.session.close();
    this.#publishing.lost();
  }

  get publishWaits(): boolean {
    return this.#connected && this.#current?.session.blocked === true;
  }

  waitToPublish(publish: (failure?: WriteFailure) => void): void {
    this.#publishing.begin(publish);
  }

  /** With QoS 1, whatever the profile says: a hub has no other for events. */
  publish(pattern: string, payload: string, _qos: 0 | 1 | 2, kind: MessageKind, failure?: WriteFailure): void {
    const { observe } = this.#station;
    if (failure !== undefined) observe({ type: 'messageNotSent', kind, reason: failure });
    else if (this.#connected) this.#current?.messages.send(topicOf(pattern, this.#settings.deviceId), payload, kind);
    else {
      observe({ type: 'messageNotSent', kind, reason: this.#everConnected ? 'no_connection' : 'before_first_connack' });
    }
  }

  #newConnection(): Connection {
    const station = this.#station;
    const { hub: host, deviceId: clientId, username } = this.#settings;
    const { hub, sdk } = station.fleet.profile;
    const ids = new PacketIds(1);
    const session = new SdkSession(
      station,
      { host, port: HUB_PORT, clientId, username, cleanSession: false, keepAliveSeconds: hub.keepAliveSeconds },
      {
        dialling: NOTHING,
        connecting: () => this.#awaitConnack(),
        event: (event) => this.#event(event),
        taken: () => {
          messages.taken();
          this.#publishing.taken();
        },
        lost: (failure) => this.#down(failure),
      },
    );
    const messages = new D2cMessages(station, session.client, ids, () => {
      this.#down({ step: 'mqtt', code: 'NO_PUBACK', message: 'the hub did not acknowledge a message in time' });
    });
    return { session, messages, ids, twin: new DeviceTwin(session.client, ids, sdk.clientVersion) };
  }

  #awaitConnack(): void {
    const { profile, surroundings } = this.#station.fleet;
    this.#connectSentAt = surroundings.clock.now();
    this.#cancel = patience(surroundings.clock, profile.hub.connackTimeoutMs, () => {
      this.#down({ step: 'mqtt', code: 'CONNACK_TIMEOUT', message: 'no CONNACK came in time' });
    });
  }

  #event(event: Exclude<UmqttEvent, { readonly type: 'failed' }>): void {
    const { observe } = this.#station;
    switch (event.type) {
      case 'connack':
        this.#cancel();
        if (event.code === 0) this.#accepted();
        else {
          const message = `CONNACK with code ${event.code}`;
          this.#down({ step: 'mqtt', code: `CONNACK_${event.code}`, message });
        }
        break;
      case 'suback':
        this.#current?.twin.begin();
        break;
      case 'acknowledged':
        this.#current?.messages.acknowledged(event.id);
        break;
      case 'message':
        observe({ type: 'messageReceived', topic: event.topic });
        this.#current?.twin.receive(event.topic, event.payload);
    }
  }

  #accepted(): void {
    this.#connected = true;
    this.#everConnected = true;
    this.#failures = 0;
    const ms = this.#station.fleet.surroundings.clock.now() - this.#connectSentAt;
    this.#station.observe({ type: 'connected', ms });
    const { session, ids } = this.#current as Connection;
    session.client.subscribe(ids.next(), [
      { topic: deviceBoundFilter(this.#settings.deviceId), qos: 1 },
      ...TWIN_FILTERS,
    ]);
  }

  /** There is no connection, or none any more: the next attempt follows. */
  #down(failure: DeviceFailure): void {
    if (this.#stopped || this.#current === undefined) return;
    const { session, messages } = this.#current;
    this.#current = undefined;
    this.#cancel();
    session.close();
    this.#station.observe({ type: this.#connected ? 'disconnected' : 'attemptFailed', failure });
    this.#connected = false;
    this.#publishing.lost();
    messages.lost();
    this.#failures++;
    const { clock } = this.#station.fleet.surroundings;
    this.#cancel = clock.alarm(backoffMs(this.#settings.backoff, this.#failures, this.#jitter), () => this.start());
  }
}

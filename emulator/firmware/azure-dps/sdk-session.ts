import { BrokerLink, chipFailure, type DeviceFailure } from '../../device/index.ts';
import { chipKeys, loadCredentials } from '../../host-library/index.ts';
import { settled } from '../../i2c/index.ts';
import { UmqttClient, type UmqttEvent } from '../../umqtt/index.ts';
import type { Station } from './station.ts';

/** To whom a session goes, and as whom. */
export interface SessionPeer {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly username: string;
  readonly cleanSession: boolean;
  readonly keepAliveSeconds: number;
}

/** What happens in a session; nothing any more once it is closed. */
export interface SessionEvents {
  /** The TCP connection is dialled. */
  dialling(): void;
  /** CONNECT was sent. */
  connecting(): void;
  event(event: Exclude<UmqttEvent, { readonly type: 'failed' }>): void;
  /** The system has taken all that was sent. */
  taken(): void;
  /** There is no connection, or none any more. */
  lost(failure: DeviceFailure): void;
}

const WORDS = {
  NO_PINGRESP: 'no PINGRESP came in time',
  MALFORMED: 'what arrived is not MQTT',
};

/**
 * One connection of the SDK: certificates rebuilt from the chip, TCP, TLS with an initialisation before each of the chip's key
 * operations, MQTT.
 */
export class SdkSession {
  readonly client: UmqttClient;
  readonly #station: Station;
  readonly #peer: SessionPeer;
  readonly #events: SessionEvents;
  #link: BrokerLink | undefined;
  /** Whether there was a CONNACK 0. */
  accepted = false;
  #over = false;

  constructor(station: Station, peer: SessionPeer, events: SessionEvents) {
    this.#station = station;
    this.#peer = peer;
    this.#events = events;
    this.client = new UmqttClient(peer, station.fleet.surroundings.clock, {
      send: (packet) => {
        station.observe({ type: 'packet', direction: 'sent', bytes: packet });
        this.#link?.send(packet);
      },
      event: (event) => this.#event(event),
    });
  }

  /** The peer does not read. */
  get blocked(): boolean {
    return this.#link?.blocked === true;
  }

  async open(): Promise<void> {
    const { fleet, board, atecc, bootedAt, observe } = this.#station;
    const { clock, crypto, definitions } = fleet.surroundings;
    let certificates: readonly Uint8Array[];
    try {
      board.secureElement.clock.resume();
      certificates = await settled(board.secureElement, () => loadCredentials(atecc, definitions, board.commonName));
    } catch (error) {
      this.#lost(chipFailure(error));
      return;
    }
    if (this.#over) return;
    observe({ type: 'connecting' });
    this.#events.dialling();
    const { host, port } = this.#peer;
    this.#link = new BrokerLink(
      { ...fleet.route, host, port },
      { certificates, keys: chipKeys(atecc, fleet.profile.chip, crypto, 'initialise first') },
      { clock, rng: board.rng, bootedAt },
      {
        tcpConnected: (ms) => observe({ type: 'tcpConnected', ms }),
        tlsEstablished: (ms) => {
          observe({ type: 'tlsEstablished', ms });
          this.client.connect();
          this.#events.connecting();
        },
        received: (record) => {
          observe({ type: 'packet', direction: 'received', bytes: record });
          this.client.receive(record);
        },
        taken: () => this.#events.taken(),
        down: (failure) => this.#lost(failure),
      },
    );
  }

  /** DISCONNECT, where there is a session, and nothing is heard any more; the connection stays until `close`. */
  leave(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.accepted) this.client.disconnect();
    else this.client.close();
  }

  close(): void {
    this.leave();
    this.#link?.close();
  }

  #event(event: UmqttEvent): void {
    if (this.#over) return;
    if (event.type === 'failed') {
      this.#lost({ step: 'mqtt', code: event.reason, message: WORDS[event.reason] });
      return;
    }
    if (event.type === 'connack') {
      // Ours: the original lets a server accept a session twice.
      if (this.accepted) return;
      this.accepted = event.code === 0;
    }
    this.#events.event(event);
  }

  #lost(failure: DeviceFailure): void {
    if (this.#over) return;
    this.#over = true;
    this.client.close();
    this.#link?.close();
    this.#events.lost(failure);
  }
}

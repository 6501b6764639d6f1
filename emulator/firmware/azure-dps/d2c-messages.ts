import { patience } from '../../clock/index.ts';
import type { DeviceEvent, MessageKind } from '../../device/index.ts';
import type { PacketIds, UmqttClient } from '../../umqtt/index.ts';
import type { Station } from './station.ts';

interface Waiting {
  readonly topic: string;
  readonly payload: string;
  sends: number;
  cancel: () => void;
}

/**
 * The messages of one connection to a hub, with QoS 1. What is not acknowledged in time is sent again with the same packet id;
 * when that comes to nothing either, the connection is given up.
 */
export class D2cMessages {
  readonly #station: Station;
  readonly #client: Pick<UmqttClient, 'publish'>;
  readonly #ids: PacketIds;
  readonly #givenUp: () => void;
  readonly #waiting = new Map<number, Waiting>();
  /** Sent, and not yet taken by the system. */
  readonly #untaken: Extract<DeviceEvent, { readonly type: 'messageSent' }>[] = [];

  constructor(station: Station, client: Pick<UmqttClient, 'publish'>, ids: PacketIds, givenUp: () => void) {
    this.#station = station;
    this.#client = client;
    this.#ids = ids;
    this.#givenUp = givenUp;
  }

  /** How many are not acknowledged. */
  get unacknowledged(): number {
    return this.#waiting.size;
  }

  send(topic: string, payload: string, kind: MessageKind): void {
    this.#untaken.push({ type: 'messageSent', topic, kind });
    const message = { topic, payload, sends: 0, cancel: () => {} };
    const id = this.#ids.next();
    this.#waiting.set(id, message);
    this.#publish(id, message);
  }

  acknowledged(id: number): void {
    this.#waiting.get(id)?.cancel();
    this.#waiting.delete(id);
  }

  /** The system has all that was sent. */
  taken(): void {
    for (const sent of this.#untaken.splice(0)) this.#station.observe(sent);
  }

  /** There is no connection any more. */
  lost(): void {
    this.stop();
    for (const { kind } of this.#untaken.splice(0)) {
      this.#station.observe({ type: 'messageNotSent', kind, reason: 'no_connection' });
    }
  }

  /** Nothing is sent again. */
  stop(): void {
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  #publish(id: number, message: Waiting): void {
    const { profile, surroundings } = this.#station.fleet;
    const { afterMs, sends } = profile.hub.resend;
    message.sends++;
    this.#client.publish(message.topic, message.payload, 1, id);
    message.cancel = patience(surroundings.clock, afterMs, () => {
      if (message.sends < sends) this.#publish(id, message);
      else this.#givenUp();
    });
  }
}

import { isIP } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import type { ProbeStart } from './messages.ts';

const CONNECT_MS = 10_000;
const RECONNECT_MS = 1000;
/** A SUBACK's answer to a filter that the broker refuses; it has one for each filter, in their order [MQTT-3.9.3-1]. */
const REFUSED = 0x80;

export interface SubscriptionEvents {
  received(topic: string, payload: Uint8Array, retained: boolean): void;
  /** The connection was lost after the broker had granted the filters. */
  lost?(): void;
}

/** An ordinary MQTT.js client with one connection, which it makes again when it is lost. */
export class Subscription {
  readonly #client: MqttClient;
  readonly #events: SubscriptionEvents;
  #reached = false;

  constructor(start: ProbeStart, id: string, events: SubscriptionEvents) {
    const { host, port, serverName = host, trusted, certificatePem, keyPem } = start;
    this.#events = events;
    this.#client = mqtt.connect({
      ...{ protocol: 'mqtts', host, port, cert: certificatePem, key: keyPem },
      ...(trusted && { ca: [...trusted] }),
      ...(isIP(serverName) === 0 && { servername: serverName }),
      ...{ clientId: `emu-probe-${process.pid}-${id}`, clean: true, resubscribe: true },
      ...{ connectTimeout: CONNECT_MS, reconnectPeriod: RECONNECT_MS },
      // Node's own 250 ms end connections that a busy machine has made.
      ...{ autoSelectFamilyAttemptTimeout: CONNECT_MS },
    });
  }

  /** Whether a TCP connection was ever accepted. */
  get reached(): boolean {
    return this.#reached;
  }

  /** Resolves when the broker has granted all filters. */
  open(filters: readonly string[]): Promise<void> {
    const client = this.#client;
    client.stream.once('connect', () => {
      this.#reached = true;
    });
    client.on('message', (topic, payload, { retain }) => this.#events.received(topic, payload, retain));
    return new Promise((resolve, reject) => {
      let subscribed = false;
      let connected = false;
      const failed = (error: Error) => {
        if (!subscribed) reject(error);
      };
      client.on('error', failed);
      client.on('connect', () => {
        connected = true;
      });
      // It comes at the end of a failed attempt to connect, too.
      client.on('close', () => {
        if (subscribed && connected) this.#events.lost?.();
        connected = false;
        failed(new Error('the broker closed the connection'));
      });
      client.once('connect', () => {
        client.subscribe([...filters], { qos: 1 }, (error, _subscriptions, suback) => {
          // MQTT.js has an error for a refusal too, which does not name the filter: the codes of the SUBACK come first.
          const refused = filters.find((_, i) => suback?.granted[i] === REFUSED);
          if (refused !== undefined) return failed(new Error(`the broker refuses the subscription to ${refused}`));
          if (error) return failed(error);
          subscribed = true;
          resolve();
        });
      });
    });
  }

  close(): Promise<void> {
    return this.#client.endAsync(true);
  }
}

import { isIP } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { matchesFilter, sharedNow } from '../base/index.ts';
import { DeliveryMatcher, LATE_AFTER_MS } from './matcher.ts';
import type { ProbeStart } from './messages.ts';
import type { Publish } from './publish-packets.ts';
import type { ProbeReport } from './report.ts';

const CONNECT_MS = 10_000;
const RECONNECT_MS = 1000;
const TIDY_MS = 1000;
const LOOK_MS = 20;
/** A SUBACK's answer to a filter that the broker refuses. */
const REFUSED = 0x80;

/**
 * Ordinary subscribers, a connection for each filter: where filters overlap, a broker may deliver a message to one
 * connection once or once for each of them [MQTT-3.3.5-1].
 */
export class Subscriber {
  readonly #start: ProbeStart;
  readonly #matchers: readonly DeliveryMatcher[];
  readonly #clients: MqttClient[] = [];
  #disconnections = 0;
  #reached = false;

  constructor(start: ProbeStart) {
    this.#start = start;
    this.#matchers = start.filters.map(() => new DeliveryMatcher());
    setInterval(() => {
      for (const matcher of this.#matchers) matcher.tidy(sharedNow());
    }, TIDY_MS).unref();
  }

  /** Whether a TCP connection was ever accepted. */
  get reached(): boolean {
    return this.#reached;
  }

  /** Resolves when every filter is subscribed. */
  async subscribe(): Promise<void> {
    await Promise.all(this.#start.filters.map((filter, i) => this.#open(filter, i)));
  }

  sent({ topic, payload }: Publish, at: number): void {
    this.#start.filters.forEach((filter, i) => {
      if (matchesFilter(filter, topic)) this.#matchers[i]?.sent(topic, payload, at);
    });
  }

  /** Waits for what is still out, `patienceMs` at most. */
  async finish(patienceMs: number): Promise<ProbeReport> {
    const until = sharedNow() + patienceMs;
    while (sharedNow() < until && this.#matchers.some(({ waits }) => waits)) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    const disconnections = this.#disconnections;
    await Promise.all(this.#clients.map((client) => client.endAsync(true)));
    const filters = this.#start.filters.flatMap((filter, i) => this.#matchers[i]?.finish(filter) ?? []);
    return { late_after_ms: LATE_AFTER_MS, disconnections, filters };
  }

  #open(filter: string, i: number): Promise<void> {
    const { host, port, trusted, certificatePem, keyPem } = this.#start;
    return new Promise((resolve, reject) => {
      const client = mqtt.connect({
        ...{ protocol: 'mqtts', host, port, cert: certificatePem, key: keyPem },
        ...(trusted && { ca: [...trusted] }),
        ...(isIP(host) === 0 && { servername: host }),
        ...{ clientId: `emu-probe-${process.pid}-${i}`, clean: true, resubscribe: true },
        ...{ connectTimeout: CONNECT_MS, reconnectPeriod: RECONNECT_MS },
      });
      this.#clients.push(client);
      client.stream.once('connect', () => {
        this.#reached = true;
      });
      let subscribed = false;
      const failed = (error: Error) => {
        if (!subscribed) reject(error);
      };
      client.on('error', failed);
      client.on('close', () => {
        if (subscribed) this.#disconnections++;
        failed(new Error('the broker closed the connection'));
      });
      client.on('message', (topic, payload, { retain }) => {
        // Kept by the broker from before the subscription.
        if (!retain) this.#matchers[i]?.received(topic, payload, sharedNow());
      });
      client.once('connect', () => {
        client.subscribe(filter, { qos: 1 }, (error, granted) => {
          if (error) return failed(error);
          if (granted?.some(({ qos }) => Number(qos) === REFUSED)) {
            return failed(new Error(`the broker refuses the subscription to ${filter}`));
          }
          subscribed = true;
          resolve();
        });
      });
    });
  }
}

import type { Message, Peer, Session, Then } from '../mqtt/index.ts';
import type { Hub } from './hub.ts';
import { desiredTopic, type Filter, methodTopic, parseFilter, parseTopic, twinAnswerTopic } from './topics.ts';
import type { JsonObject } from './twin.ts';

/** What a device subscribed, and with which QoS; it outlives the connection unless the device wants a clean session. */
export type Subscriptions = Map<Filter, 0 | 1>;

/** Azure's code for a body that is no JSON, or that a twin may not have. */
const MALFORMED = 400_004;

/** One connection of a device to its hub. */
export class DeviceConnection implements Session {
  readonly deviceId: string;
  readonly sessionPresent: boolean;
  readonly subscriptions: Subscriptions;
  readonly #hub: Hub;
  readonly #peer: Peer;
  /** Sequence numbers of the messages that went this way. */
  readonly #underWay = new Set<number>();
  /** Whether CONNACK is out: it comes before anything else [MQTT-3.2.0-1]. */
  #begun = false;

  constructor(hub: Hub, deviceId: string, peer: Peer, before: Subscriptions | undefined) {
    this.#hub = hub;
    this.deviceId = deviceId;
    this.#peer = peer;
    this.sessionPresent = before !== undefined;
    this.subscriptions = before ?? new Map();
  }

  begin(): void {
    this.#begun = true;
    this.deliver();
  }

  drop(): void {
    this.#peer.drop();
  }

  async publish({ topic, payload, retain }: Message): Promise<Then> {
    const said = parseTopic(topic, this.deviceId);
    switch (said?.kind) {
      case undefined:
        throw new Error('not a topic of this device');
      case 'event': {
        // Azure keeps no message for others, but says that this was asked.
        const properties = retain ? { ...said.properties, 'mqtt-retain': 'true' } : said.properties;
        await this.#hub.takeEvent(this.deviceId, properties, payload);
        return;
      }
      case 'twin': {
        const twin = this.#hub.readTwin(this.deviceId);
        return () => this.#answer(twinAnswerTopic(200, said.rid), twin);
      }
      case 'reported': {
        const version = await this.#hub.patchReported(this.deviceId, payload);
        if (version === undefined)
          return () => this.#answer(twinAnswerTopic(400, said.rid), this.#hub.error(MALFORMED, 'Bad format'));
        return () => this.#answer(twinAnswerTopic(204, said.rid, version));
      }
      case 'method':
        this.#hub.methods.answer(this.deviceId, said.rid, said.status, payload);
        return;
    }
  }

  subscribe(filter: string, qos: 0 | 1): 0 | 1 {
    const what = parseFilter(filter, this.deviceId);
    if (what === undefined) throw new Error('not a filter of this device');
    this.subscriptions.set(what, qos);
    return qos;
  }

  subscribed(): void {
    this.deliver();
  }

  unsubscribe(filter: string): void {
    const what = parseFilter(filter, this.deviceId);
    if (what !== undefined) this.subscriptions.delete(what);
  }

  end(will: Message | undefined): void {
    this.#hub.ended(this, will);
  }

  /** Sends the messages that wait for this device, where it wants them. */
  deliver(): void {
    const qos = this.subscriptions.get('messages');
    if (qos === undefined || !this.#begun) return;
    for (const message of this.#hub.messages.of(this.deviceId)) {
      if (this.#underWay.has(message.sequence)) continue;
      this.#underWay.add(message.sequence);
      const topic = this.#hub.topicOf(message);
      // What was not acknowledged when the connection ends waits for the next one.
      this.#peer.send(topic, Buffer.from(message.payload, 'base64'), qos).then(
        () => this.#hub.completed(message),
        () => {},
      );
    }
  }

  sendDesired(patch: JsonObject, version: number): void {
    this.#send('desired', desiredTopic(version), JSON.stringify({ ...patch, $version: version }));
  }

  /** Whether the device takes direct methods at all. */
  get takesMethods(): boolean {
    return this.#begun && this.subscriptions.has('methods');
  }

  sendMethod(name: string, rid: string, body: string): void {
    this.#send('methods', methodTopic(name, rid), body);
  }

  #answer(topic: string, body?: object): void {
    this.#send('twin', topic, body === undefined ? '' : JSON.stringify(body));
  }

  #send(filter: Filter, topic: string, body: string): void {
    const qos = this.subscriptions.get(filter);
    if (qos !== undefined && this.#begun) this.#peer.send(topic, body, qos).catch(() => {});
  }
}

import type { PacketIds, UmqttClient } from '../../umqtt/index.ts';

/** What the hub sends of twin and methods; QoS 0 is all it has for them. */
export const TWIN_FILTERS = [
  { topic: '$iothub/twin/res/#', qos: 0 },
  { topic: '$iothub/twin/PATCH/properties/desired/#', qos: 0 },
  { topic: '$iothub/methods/POST/#', qos: 0 },
] as const;

const RESPONSE = /^\$iothub\/twin\/res\/(\d{1,9})\/\?\$rid=(\d{1,9})(?:&|$)/;
const DESIRED = '$iothub/twin/PATCH/properties/desired/';
/** The request id is the hub's; it goes back as it came. */
const METHOD = /^\$iothub\/methods\/POST\/[^/]*\/\?\$rid=([\w.:-]{1,64})$/;
const OK = 200;

const text = new TextDecoder();

/**
 * The device's side of its twin and of direct methods, for a device that takes what it is told: every desired property is
 * reported as it is, and a method returns what it was called with.
 */
export class DeviceTwin {
  readonly #client: Pick<UmqttClient, 'publish'>;
  readonly #ids: PacketIds;
  readonly #clientVersion: string;
  #getRid: number | undefined;

  constructor(client: Pick<UmqttClient, 'publish'>, ids: PacketIds, clientVersion: string) {
    this.#client = client;
    this.#ids = ids;
    this.#clientVersion = clientVersion;
  }

  /** The subscriptions are granted: asks for the whole twin. */
  begin(): void {
    this.#getRid = this.#ids.next();
    this.#client.publish(`$iothub/twin/GET/?$rid=${this.#getRid}`, '', 0, 0);
  }

  /** Answers what is for twin or methods; takes no notice of anything else. */
  receive(topic: string, payload: Uint8Array): void {
    const [, status, rid] = RESPONSE.exec(topic) ?? [];
    const [, methodRid] = METHOD.exec(topic) ?? [];
    if (methodRid !== undefined) {
      this.#client.publish(`$iothub/methods/res/${OK}/?$rid=${methodRid}`, payload, 0, 0);
    } else if (topic.startsWith(DESIRED)) {
      this.#report(objectFrom(payload));
    } else if (status !== undefined && Number(status) === OK && Number(rid) === this.#getRid) {
      const { desired } = objectFrom(payload) ?? {};
      this.#report({ ...(typeof desired === 'object' && desired), clientVersion: this.#clientVersion });
    }
  }

  #report(properties: Readonly<Record<string, unknown>> | undefined): void {
    // $version and $metadata are the hub's own.
    const own = Object.entries(properties ?? {}).filter(([name]) => !name.startsWith('$'));
    if (own.length === 0) return;
    const body = JSON.stringify(Object.fromEntries(own));
    this.#client.publish(`$iothub/twin/PATCH/properties/reported/?$rid=${this.#ids.next()}`, body, 0, 0);
  }
}

function objectFrom(payload: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.decode(payload));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

import { commonNameOf } from '../certificates/index.ts';
import { CONNACK, type ConnectRequest, type Peer, type Refusal, type Service, type Session } from '../mqtt/index.ts';
import type { HubRegistry } from './registry.ts';
import { parseHubUsername } from './username.ts';

/** The hubs behind one listener, as their devices see them over MQTT. */
export class HubService implements Service {
  readonly #hubs: readonly HubRegistry[];
  readonly #connected = new Map<string, Peer>();

  constructor(hubs: readonly HubRegistry[]) {
    this.#hubs = hubs;
  }

  connect({ username, clientId, certificates }: ConnectRequest, peer: Peer): Session | Refusal {
    const who = parseHubUsername(username);
    if (who === undefined) return CONNACK.badUsername;
    const hub = this.#hubs.find(({ name }) => name === who.hub || name.split(':')[0] === who.hub);
    const [own] = certificates;
    const { deviceId } = who;
    if (clientId !== deviceId || own === undefined || commonNameOf(own) !== deviceId || !hub?.has(deviceId)) {
      return CONNACK.notAuthorized;
    }
    const key = `${hub.name}/${deviceId}`;
    this.#connected.get(key)?.drop();
    this.#connected.set(key, peer);
    return {
      sessionPresent: false,
      publish({ topic }) {
        if (!topic.startsWith(`devices/${deviceId}/messages/events/`)) throw new Error('not a topic of this device');
      },
      subscribe: (_filter, qos) => qos,
      unsubscribe() {},
      end: () => {
        if (this.#connected.get(key) === peer) this.#connected.delete(key);
      },
    };
  }
}

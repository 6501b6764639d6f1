import type { X509Certificate } from 'node:crypto';
import { commonNameOf, isValidAt, thumbprintsOf } from '../certificates/index.ts';
import { CONNACK, type ConnectRequest, type Peer, type Refusal, type Service, type Session } from '../mqtt/index.ts';
import type { Hub } from './hub.ts';
import type { Device } from './registry.ts';
import { parseTopic } from './topics.ts';
import { parseHubUsername } from './username.ts';

/** Whether a chain leads to a verified CA. */
export type IsTrusted = (chain: readonly X509Certificate[]) => boolean;

/** The hubs behind one listener, as their devices see them over MQTT: the username says which one a device means. */
export class HubService implements Service {
  readonly #hubs: readonly Hub[];
  readonly #isTrusted: IsTrusted;
  readonly #date: () => Date;

  constructor(hubs: readonly Hub[], isTrusted: IsTrusted, date: () => Date) {
    this.#hubs = hubs;
    this.#isTrusted = isTrusted;
    this.#date = date;
  }

  /** Whether somebody with this certificate may come in at all. */
  admits(chain: readonly X509Certificate[]): boolean {
    const [own] = chain;
    return own !== undefined && (this.#hubs.some(({ registry }) => registry.knows(own)) || this.#isTrusted(chain));
  }

  connect(request: ConnectRequest, peer: Peer): Session | Refusal {
    const who = parseHubUsername(request.username);
    if (who === undefined) return CONNACK.badUsername;
    const hub = this.#hubs.find(({ registry }) => registry.isCalled(who.hub));
    if (hub === undefined) return CONNACK.notAuthorized;
    const refusal = this.#refusal(hub, who.deviceId, request);
    if (refusal === undefined) return hub.connect(who.deviceId, request.clean, peer);
    hub.counters.refused++;
    return refusal;
  }

  #refusal(hub: Hub, deviceId: string, { clientId, certificates, will }: ConnectRequest): Refusal | undefined {
    const device = hub.registry.find(deviceId);
    const isKnown = device?.status === 'enabled' && clientId === deviceId && this.#isOf(device, certificates);
    if (!isKnown) return CONNACK.notAuthorized;
    if (will !== undefined && !isOwnEvent(will.topic, deviceId)) return CONNACK.notAuthorized;
    return hub.mayConnect() ? undefined : CONNACK.unavailable;
  }

  /** The certificate names the device, and is the one that the device is known by. */
  #isOf({ deviceId, authentication }: Device, chain: readonly X509Certificate[]): boolean {
    const [own] = chain;
    if (own === undefined || commonNameOf(own)?.toLowerCase() !== deviceId.toLowerCase()) return false;
    if (authentication.type === 'certificateAuthority') return this.#isTrusted(chain);
    if (!isValidAt(own, this.#date())) return false;
    return thumbprintsOf(own).some((each) => authentication.thumbprints.includes(each));
  }
}

/** A will is a message to the cloud like any other. */
function isOwnEvent(topic: string, deviceId: string): boolean {
  try {
    return parseTopic(topic, deviceId)?.kind === 'event';
  } catch {
    return false;
  }
}

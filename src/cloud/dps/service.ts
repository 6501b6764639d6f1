import {
  CONNACK,
  type ConnectRequest,
  type Message,
  type Peer,
  type Refusal,
  type Service,
  type Session,
} from '../mqtt/index.ts';
import type { CloudLimits } from '../options.ts';
import { RateLimit } from '../rate-limit.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Answer, refusal } from './answers.ts';
import type { Registrar } from './registrar.ts';
import { type DpsRequest, parseRequest } from './requests.ts';
import { type DpsUsername, parseDpsUsername } from './username.ts';

/** The only filter that the DPS lets a device subscribe. */
const RESPONSES = '$dps/registrations/res/#';
/** That of the sources that the devices are built from, that of Azure's documents, and that of its SDKs now. */
const API_VERSIONS: readonly string[] = ['2018-09-01-preview', '2019-03-31', '2021-06-01'];

/** How often what happened. */
export interface DpsCounters {
  connects: number;
  refused: number;
  /** Answers by their status. */
  readonly answers: Record<string, number>;
}

export interface DpsServiceParts {
  readonly idScope: string;
  readonly registrar: Registrar;
  readonly limits: Pick<CloudLimits, 'dpsRequestsPerSecond' | 'retryAfterSeconds'>;
  readonly surroundings: Surroundings;
}

/** The Device Provisioning Service as its devices see it over MQTT. Every session is a clean one. */
export class DpsService implements Service {
  readonly counters: DpsCounters = { connects: 0, refused: 0, answers: {} };
  readonly #parts: DpsServiceParts;
  /** Azure has a limit for each kind of request. */
  readonly #rates: Readonly<Record<DpsRequest['kind'], RateLimit>>;

  constructor(parts: DpsServiceParts) {
    this.#parts = parts;
    const rate = () => new RateLimit(parts.limits.dpsRequestsPerSecond, parts.surroundings.clock);
    this.#rates = { register: rate(), operation: rate() };
  }

  connect(request: ConnectRequest, peer: Peer): Session | Refusal {
    const who = parseDpsUsername(request.username);
    const refused = refusalOf(request, who);
    if (who === undefined || refused !== undefined) {
      this.counters.refused++;
      return refused ?? CONNACK.badUsername;
    }
    this.counters.connects++;
    let subscribed: 0 | 1 | undefined;
    return {
      sessionPresent: false,
      publish: async (message) => {
        const asked = parseRequest(message.topic);
        if (asked === undefined) throw new Error('the DPS has no such topic');
        const answer = await this.#answer(who, request, asked, message);
        this.counters.answers[answer.status] = (this.counters.answers[answer.status] ?? 0) + 1;
        return () => {
          if (subscribed === undefined) return;
          peer.send(topicOf(answer, asked.rid), JSON.stringify(answer.body), subscribed).catch(() => {});
        };
      },
      subscribe(filter, qos) {
        if (filter !== RESPONSES) throw new Error('the DPS has no such filter');
        subscribed = qos;
        return qos;
      },
      unsubscribe(filter) {
        if (filter === RESPONSES) subscribed = undefined;
      },
      end() {},
    };
  }

  async #answer(
    { idScope, registrationId }: DpsUsername,
    { certificates }: ConnectRequest,
    asked: DpsRequest,
    { payload }: Message,
  ): Promise<Answer> {
    const { registrar, limits, surroundings } = this.#parts;
    if (!this.#rates[asked.kind].take()) return refusal('throttled', surroundings, limits.retryAfterSeconds);
    if (idScope !== this.#parts.idScope) return refusal('unauthorized', surroundings);
    if (asked.kind === 'register') return registrar.register(registrationId, certificates, payload);
    return registrar.operation(registrationId, certificates, asked.operationId);
  }
}

/** A device that does not even say who it is; whether it is who it says is answered to its request. */
function refusalOf({ clientId, certificates }: ConnectRequest, who: DpsUsername | undefined): Refusal | undefined {
  if (who === undefined || !API_VERSIONS.includes(who.apiVersion)) return CONNACK.badUsername;
  if (clientId.toLowerCase() !== who.registrationId.toLowerCase()) return CONNACK.notAuthorized;
  return certificates.length === 0 ? CONNACK.notAuthorized : undefined;
}

function topicOf({ status, retryAfter }: Answer, rid: string): string {
  const wait = retryAfter === undefined ? '' : `&retry-after=${retryAfter}`;
  return `$dps/registrations/res/${status}/?$rid=${rid}${wait}`;
}

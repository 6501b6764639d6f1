import { CONNACK, type ConnectRequest, type Peer, type Refusal, type Service, type Session } from '../mqtt/index.ts';
import { type Answer, unauthorized } from './answers.ts';
import type { Registrar } from './registrar.ts';
import { parseRequest } from './requests.ts';
import { parseDpsUsername } from './username.ts';

/** The only filter that the DPS lets a device subscribe. */
const RESPONSES = '$dps/registrations/res/#';
/** Named by the sources of the devices, and by Azure's documents. */
const API_VERSIONS: readonly string[] = ['2018-09-01-preview', '2019-03-31', '2021-06-01'];

/** The Device Provisioning Service as its devices see it over MQTT. Every session is a clean one. */
export class DpsService implements Service {
  readonly #idScope: string;
  readonly #registrar: Registrar;

  constructor(idScope: string, registrar: Registrar) {
    this.#idScope = idScope;
    this.#registrar = registrar;
  }

  connect(request: ConnectRequest, peer: Peer): Session | Refusal {
    const who = parseDpsUsername(request.username);
    if (who === undefined || !API_VERSIONS.includes(who.apiVersion)) return CONNACK.badUsername;
    const { registrationId } = who;
    if (request.clientId.toLowerCase() !== registrationId.toLowerCase()) return CONNACK.identifierRejected;
    const known = who.idScope === this.#idScope;
    const { certificates } = request;
    const registrar = this.#registrar;
    return {
      sessionPresent: false,
      async publish({ topic, payload }) {
        const asked = parseRequest(topic);
        if (asked === undefined) throw new Error('not a topic of the DPS');
        let answer: Answer;
        if (!known) answer = unauthorized();
        else if (asked.kind === 'register') answer = await registrar.register(registrationId, certificates, payload);
        else answer = registrar.operation(registrationId, asked.operationId);
        void peer.send(answerTopic(answer, asked.rid), JSON.stringify(answer.body), 0).catch(() => {});
      },
      subscribe(filter, qos) {
        if (filter !== RESPONSES) throw new Error('not a filter of the DPS');
        return qos;
      },
      unsubscribe() {},
      end() {},
    };
  }
}

function answerTopic({ status, retryAfter }: Answer, rid: string): string {
  const wait = retryAfter === undefined ? '' : `&retry-after=${retryAfter}`;
  return `$dps/registrations/res/${status}/?$rid=${rid}${wait}`;
}

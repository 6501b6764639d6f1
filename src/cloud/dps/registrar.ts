import { X509Certificate } from 'node:crypto';
import { authorityOf, commonNameOf } from '../certificates/index.ts';
import type { HubRegistry } from '../hub/index.ts';
import type { EnrollmentCa } from '../options.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Answer, unauthorized } from './answers.ts';

/** Lets enrolled devices into a hub. */
export class Registrar {
  readonly #authorities: { readonly certificate: X509Certificate }[];
  readonly #hubs: readonly HubRegistry[];
  readonly #surroundings: Surroundings;
  readonly #operations = new Map<string, { readonly registrationId: string; readonly hub: HubRegistry }>();

  constructor(cas: readonly EnrollmentCa[], hubs: readonly HubRegistry[], surroundings: Surroundings) {
    this.#authorities = cas
      .filter(({ verified }) => verified)
      .map(({ certificatePem }) => ({ certificate: new X509Certificate(certificatePem) }));
    this.#hubs = hubs;
    this.#surroundings = surroundings;
  }

  async register(registrationId: string, chain: readonly X509Certificate[], _payload: Uint8Array): Promise<Answer> {
    const [own] = chain;
    const isOwnName = own !== undefined && commonNameOf(own)?.toLowerCase() === registrationId.toLowerCase();
    if (!isOwnName || authorityOf(chain, this.#authorities, this.#surroundings.date()) === undefined) {
      return unauthorized();
    }
    const hub = this.#hubs[0] as HubRegistry;
    hub.add(registrationId.toLowerCase());
    const operationId = `4.${Buffer.from(this.#surroundings.rng.bytes(8)).toString('hex')}.${crypto.randomUUID()}`;
    this.#operations.set(operationId, { registrationId, hub });
    return { status: 202, retryAfter: 3, body: { operationId, status: 'assigning' } };
  }

  operation(registrationId: string, operationId: string): Answer {
    const operation = this.#operations.get(operationId);
    if (operation === undefined || operation.registrationId !== registrationId) {
      return { status: 404, body: { errorCode: 404_001, message: 'Operation not found' } };
    }
    const { hub } = operation;
    const registrationState = {
      registrationId,
      assignedHub: hub.name,
      deviceId: registrationId.toLowerCase(),
      status: 'assigned',
      substatus: 'initialAssignment',
    };
    return { status: 200, body: { operationId, status: 'assigned', registrationState } };
  }
}

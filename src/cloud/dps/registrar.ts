import { createHash, type X509Certificate } from 'node:crypto';
import { certificateInfo, commonNameOf, thumbprintsOf } from '../certificates/index.ts';
import type { HubRegistry } from '../hub/index.ts';
import type { Allocation, CloudLimits } from '../options.ts';
import type { State } from '../state/index.ts';
import { etag, type Surroundings, uuid } from '../surroundings.ts';
import { allocate } from './allocation.ts';
import { type Answer, refusal } from './answers.ts';
import type { EnrollmentGroup, Enrollments, IndividualEnrollment } from './enrollments.ts';
import { type Outcome, type Registration, type Registrations, registrationState } from './registrations.ts';

type Assigned = Extract<Outcome, { status: 'assigned' }>;

export interface RegistrarParts {
  readonly enrollments: Enrollments;
  readonly registrations: Registrations;
  /** In the order in which they were named. */
  readonly hubs: readonly HubRegistry[];
  readonly allocation: Allocation;
  readonly limits: Pick<CloudLimits, 'retryAfterSeconds' | 'assignDelayMs'>;
  readonly state: State;
  readonly surroundings: Surroundings;
}

/** Of the DPS's results (the SDK for C names them): no hub can be had. */
const HUB_NOT_SPECIFIED = 400_208;

/** Lets enrolled devices into hubs. */
export class Registrar {
  readonly #parts: RegistrarParts;

  constructor(parts: RegistrarParts) {
    this.#parts = parts;
  }

  /**
   * The registration of a device begins. What comes of it is decided and stored before the device is told that it is being
   * decided, so that a cloud that ends meanwhile knows it afterwards.
   */
  async register(registrationId: string, chain: readonly X509Certificate[], payload: Uint8Array): Promise<Answer> {
    const { enrollments, surroundings, state } = this.#parts;
    if (!isRegistrationOf(registrationId, payload)) return refusal('malformed', surroundings);
    const [own] = chain;
    if (own === undefined || !isNamed(registrationId, chain)) return refusal('unauthorized', surroundings);
    const enrollment = enrollments.of(registrationId, chain);
    if (enrollment === undefined) return refusal('stranger', surroundings);
    const registration = this.#decide(registrationId, own, enrollment);
    await state.lasting();
    return registration.outcome.status === 'disabled' ? resultOf(registration) : this.#assigning(registration, false);
  }

  /** What a registration came to, asked by its operation. */
  operation(registrationId: string, chain: readonly X509Certificate[], operationId: string): Answer {
    const { registrations, surroundings } = this.#parts;
    if (!isNamed(registrationId, chain)) return refusal('unauthorized', surroundings);
    const registration = registrations.find(registrationId);
    if (registration?.operationId === operationId) {
      const isReady = registration.readyAt <= surroundings.date().getTime();
      return isReady ? resultOf(registration) : this.#assigning(registration, true);
    }
    const isOwn = registration !== undefined && operationId.startsWith(operationPrefix(registrationId));
    return refusal(isOwn ? 'superseded' : 'notFound', surroundings);
  }

  #decide(
    registrationId: string,
    own: X509Certificate,
    enrollment: IndividualEnrollment | EnrollmentGroup,
  ): Registration {
    const { registrations, limits, surroundings } = this.#parts;
    const before = registrations.find(registrationId);
    const now = surroundings.date();
    const outcome: Outcome =
      enrollment.provisioningStatus === 'disabled'
        ? { status: 'disabled' }
        : this.#assign(registrationId, own, enrollment, before?.outcome);
    const registration: Registration = {
      registrationId,
      operationId: `${operationPrefix(registrationId)}${uuid(surroundings.rng)}`,
      readyAt: now.getTime() + limits.assignDelayMs,
      outcome,
      ...('enrollmentGroupId' in enrollment && { enrollmentGroupId: enrollment.enrollmentGroupId }),
      certificate: certificateInfo(own),
      createdDateTimeUtc: before?.createdDateTimeUtc ?? now.toISOString(),
      lastUpdatedDateTimeUtc: now.toISOString(),
      etag: etag(surroundings.rng),
    };
    registrations.put(registration);
    return registration;
  }

  /** Chooses the hub and lets the device into it, with the thumbprints of its certificate as Azure does. */
  #assign(
    registrationId: string,
    own: X509Certificate,
    enrollment: IndividualEnrollment | EnrollmentGroup,
    before: Outcome | undefined,
  ): Outcome {
    const { hubs } = this.#parts;
    const deviceId = ('deviceId' in enrollment && enrollment.deviceId) || registrationId.toLowerCase();
    const last = before?.status === 'assigned' ? before : undefined;
    const current = hubs.find(({ name }) => name === last?.assignedHub);
    const hub = this.#hubFor(registrationId, enrollment, current);
    if (hub === undefined) {
      return { status: 'failed', errorCode: HUB_NOT_SPECIFIED, errorMessage: 'IotHub not specified.' };
    }
    const substatus = moved(hub, current, last, deviceId, enrollment.reprovisionPolicy);
    hub.provision(deviceId, thumbprintsOf(own));
    return { status: 'assigned', assignedHub: hub.name, deviceId, substatus };
  }

  /** A device stays where it is while its enrollment allows that hub; a static one goes where the enrollment says. */
  #hubFor(
    registrationId: string,
    { iotHubs, allocationPolicy, reprovisionPolicy }: IndividualEnrollment | EnrollmentGroup,
    current: HubRegistry | undefined,
  ): HubRegistry | undefined {
    const { hubs, allocation } = this.#parts;
    if (reprovisionPolicy === 'never' && current !== undefined) return current;
    const policy = allocationPolicy ?? allocation;
    const allowed = iotHubs === undefined ? hubs : iotHubs.flatMap((name) => hubs.filter((hub) => hub.isCalled(name)));
    if (current !== undefined && allowed.includes(current) && policy !== 'static') return current;
    return allocate(policy, registrationId, allowed);
  }

  #assigning(registration: Registration, isPolled: boolean): Answer {
    const { registrationId, operationId } = registration;
    const status = 'assigning';
    const state = isPolled ? { registrationState: { registrationId, status } } : {};
    const { retryAfterSeconds } = this.#parts.limits;
    return { status: 202, retryAfter: retryAfterSeconds, body: { operationId, status, ...state } };
  }
}

/** Takes a device that moves from its last hub, with or without its twin. */
function moved(
  hub: HubRegistry,
  current: HubRegistry | undefined,
  last: Assigned | undefined,
  deviceId: string,
  reprovisioning: EnrollmentGroup['reprovisionPolicy'],
): Assigned['substatus'] {
  if (current === undefined || last === undefined) return 'initialAssignment';
  if (current === hub && last.deviceId === deviceId) return last.substatus;
  const twin = current.takeTwin(last.deviceId);
  current.remove(last.deviceId);
  if (reprovisioning === 'reset' || twin === undefined) return 'deviceDataReset';
  hub.putTwin(deviceId, twin);
  return 'deviceDataMigrated';
}

function resultOf(registration: Registration): Answer {
  const { operationId, outcome } = registration;
  const { status } = outcome;
  return { status: 200, body: { operationId, status, registrationState: registrationState(registration) } };
}

/** An empty body is as good as one that says the registration id again. */
function isRegistrationOf(registrationId: string, payload: Uint8Array): boolean {
  const text = Buffer.from(payload).toString().trim();
  if (text === '') return true;
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
    const said = (body as { registrationId?: unknown }).registrationId;
    return said === undefined || (typeof said === 'string' && isSameId(said, registrationId));
  } catch {
    return false;
  }
}

/** The certificate of a device names its registration id. */
function isNamed(registrationId: string, [own]: readonly X509Certificate[]): boolean {
  return own !== undefined && isSameId(commonNameOf(own), registrationId);
}

/** Registration ids do not depend on case. */
function isSameId(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

/** The operations of one device begin alike, as Azure's do. */
function operationPrefix(registrationId: string): string {
  return `4.${createHash('sha256').update(registrationId.toLowerCase()).digest('hex').slice(0, 16)}.`;
}

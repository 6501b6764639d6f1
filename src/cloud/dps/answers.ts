import { type Surroundings, uuid } from '../surroundings.ts';

/** What the DPS answers to one request. */
export interface Answer {
  readonly status: number;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly body: object;
}

/** Why the DPS refuses: the status, Azure's code and its words for it. */
export const REFUSALS = {
  /** The body is no JSON, or no registration. */
  malformed: [400, 400_004, 'Bad format'],
  /** The certificate is not that of the registration id, or the id scope is another. */
  unauthorized: [401, 401_000, 'Unauthorized'],
  /** The certificate leads to no verified CA of an enrollment, and is no enrolled one itself. */
  stranger: [401, 401_002, 'CA certificate not found.'],
  notFound: [404, 404_203, 'The operation is not found.'],
  /** The operation was replaced by one that the device began later. */
  superseded: [409, 409_203, 'A later registration of this device is under way.'],
  throttled: [429, 429_001, 'Operations are being throttled for this tenant.'],
} as const satisfies Readonly<Record<string, readonly [number, number, string]>>;

export type DpsRefusal = keyof typeof REFUSALS;

/** A refusal as the DPS words it (ProvisioningServiceErrorDetails of its REST API). */
export function refusal(why: DpsRefusal, { rng, date }: Surroundings, retryAfter?: number): Answer {
  const [status, errorCode, message] = REFUSALS[why];
  const body = { errorCode, trackingId: uuid(rng), message, timestampUtc: date().toISOString() };
  return { status, body, ...(retryAfter !== undefined && { retryAfter }) };
}

import type { CertificateInfo } from '../certificates/index.ts';
import { PortalRefusal } from '../refusal.ts';
import type { State, Table } from '../state/index.ts';

/** What the registration of a device came to. */
export type Outcome =
  | {
      readonly status: 'assigned';
      readonly assignedHub: string;
      readonly deviceId: string;
      readonly substatus: 'initialAssignment' | 'deviceDataMigrated' | 'deviceDataReset';
    }
  | { readonly status: 'failed'; readonly errorCode: number; readonly errorMessage: string }
  | { readonly status: 'disabled' };

/** The last registration of a device, as it is kept: decided before the device hears of it. */
export interface Registration {
  readonly registrationId: string;
  readonly operationId: string;
  /** Until then the device is told `assigning`; milliseconds of Unix time. */
  readonly readyAt: number;
  readonly outcome: Outcome;
  readonly enrollmentGroupId?: string;
  readonly certificate: CertificateInfo;
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
  readonly etag: string;
}

/** The registrations of all devices, by their ids. */
export class Registrations {
  readonly #table: Table<Registration>;

  constructor(state: State) {
    this.#table = state.table('registration');
  }

  list(): Registration[] {
    return [...this.#table.values()];
  }

  find(registrationId: string): Registration | undefined {
    return this.#table.get(registrationId.toLowerCase());
  }

  get(registrationId: string): Registration {
    const registration = this.find(registrationId);
    if (registration === undefined) throw new PortalRefusal(404, `there is no registration ${registrationId}`, 404_203);
    return registration;
  }

  put(registration: Registration): void {
    this.#table.put(registration.registrationId.toLowerCase(), registration);
  }

  remove(registrationId: string): void {
    this.get(registrationId);
    this.#table.remove(registrationId.toLowerCase());
  }
}

/** A registration as the DPS shows it (DeviceRegistrationResult of its REST API). */
export function registrationState({ registrationId, outcome, ...rest }: Registration): object {
  if (outcome.status === 'disabled') return { registrationId, status: outcome.status };
  const { enrollmentGroupId, certificate, createdDateTimeUtc, lastUpdatedDateTimeUtc, etag } = rest;
  return {
    x509: { ...(enrollmentGroupId !== undefined && { enrollmentGroupId }), certificateInfo: certificate },
    registrationId,
    createdDateTimeUtc,
    ...outcome,
    lastUpdatedDateTimeUtc,
    etag,
  };
}

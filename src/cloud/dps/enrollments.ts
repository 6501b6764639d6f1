import type { X509Certificate } from 'node:crypto';
import { isValidAt, thumbprintsOf } from '../certificates/index.ts';
import type { Allocation } from '../options.ts';
import { PortalRefusal } from '../refusal.ts';
import type { State, Table } from '../state/index.ts';
import { etag, type Surroundings } from '../surroundings.ts';
import type { Authorities } from './authorities.ts';

/** What becomes of a device that registers again: see `Registrar`. */
export const REPROVISIONING = ['migrate', 'reset', 'never'] as const;
export type Reprovisioning = (typeof REPROVISIONING)[number];

export const PROVISIONING_STATUS = ['enabled', 'disabled'] as const;

/** What the two kinds of enrollments have in common. */
export interface EnrollmentPolicy {
  readonly provisioningStatus: (typeof PROVISIONING_STATUS)[number];
  /** By default the cloud's. */
  readonly allocationPolicy?: Allocation | undefined;
  /** By default all. */
  readonly iotHubs?: readonly string[] | undefined;
  readonly reprovisionPolicy: Reprovisioning;
}

interface Kept {
  readonly createdDateTimeUtc: string;
  readonly lastUpdatedDateTimeUtc: string;
  readonly etag: string;
}

/** Devices whose certificates a CA issued. */
export interface GroupRequest extends EnrollmentPolicy {
  readonly enrollmentGroupId: string;
  /** The name of an uploaded CA. */
  readonly certificate: string;
}
export type EnrollmentGroup = GroupRequest & Kept;

/** One device, by its certificate. */
export interface IndividualRequest extends EnrollmentPolicy {
  readonly registrationId: string;
  /** In hexadecimal, SHA-1 or SHA-256: of the certificate, and of one that will replace it. */
  readonly thumbprints: readonly string[];
  /** By default the registration id. */
  readonly deviceId?: string | undefined;
}
export type IndividualEnrollment = IndividualRequest & Kept;

/** Who may register: the book that a portal writes. */
export class Enrollments {
  readonly #groups: Table<EnrollmentGroup>;
  readonly #individuals: Table<IndividualEnrollment>;
  readonly #authorities: Authorities;
  readonly #surroundings: Surroundings;

  constructor(state: State, authorities: Authorities, surroundings: Surroundings) {
    this.#groups = state.table('group');
    this.#individuals = state.table('individual');
    this.#authorities = authorities;
    this.#surroundings = surroundings;
  }

  groups(): EnrollmentGroup[] {
    return [...this.#groups.values()];
  }

  group(id: string): EnrollmentGroup {
    const group = this.#groups.get(id);
    if (group === undefined) throw new PortalRefusal(404, `there is no enrollment group ${id}`);
    return group;
  }

  /** Creates a group, or replaces the one of its id. */
  putGroup(request: GroupRequest): EnrollmentGroup {
    const { enrollmentGroupId, certificate } = request;
    this.#authorities.get(certificate);
    const other = this.groupOf(certificate);
    if (other !== undefined && other.enrollmentGroupId !== enrollmentGroupId) {
      throw new PortalRefusal(409, `${certificate} is that of group ${other.enrollmentGroupId}`);
    }
    const group = { ...request, ...this.#kept(this.#groups.get(enrollmentGroupId)) };
    this.#groups.put(group.enrollmentGroupId, group);
    return group;
  }

  /** The group of an uploaded CA. */
  groupOf(certificate: string): EnrollmentGroup | undefined {
    return this.groups().find((group) => group.certificate === certificate);
  }

  removeGroup(id: string): void {
    this.group(id);
    this.#groups.remove(id);
  }

  individuals(): IndividualEnrollment[] {
    return [...this.#individuals.values()];
  }

  individual(registrationId: string): IndividualEnrollment {
    const enrollment = this.#individuals.get(registrationId.toLowerCase());
    if (enrollment === undefined) throw new PortalRefusal(404, `there is no enrollment ${registrationId}`, 404_201);
    return enrollment;
  }

  /** Creates an individual enrollment, or replaces the one of its id. */
  putIndividual(request: IndividualRequest): IndividualEnrollment {
    const key = request.registrationId.toLowerCase();
    const thumbprints = request.thumbprints.map((each) => each.toUpperCase());
    const enrollment = { ...request, thumbprints, ...this.#kept(this.#individuals.get(key)) };
    this.#individuals.put(key, enrollment);
    return enrollment;
  }

  removeIndividual(registrationId: string): void {
    this.individual(registrationId);
    this.#individuals.remove(registrationId.toLowerCase());
  }

  /** The enrollment that fits a device; its own comes before a group's, whatever it says. Undefined for a stranger. */
  of(registrationId: string, chain: readonly X509Certificate[]): IndividualEnrollment | EnrollmentGroup | undefined {
    const [own] = chain;
    if (own === undefined) return undefined;
    const individual = this.#individuals.get(registrationId.toLowerCase());
    if (individual !== undefined) {
      const isIts = thumbprintsOf(own).some((each) => individual.thumbprints.includes(each));
      return isIts && isValidAt(own, this.#surroundings.date()) ? individual : undefined;
    }
    const groups = new Map([...this.#groups.values()].map((group) => [group.certificate, group]));
    const authority = this.#authorities.ofChain(chain, new Set(groups.keys()));
    return authority === undefined ? undefined : groups.get(authority);
  }

  #kept(before: Kept | undefined): Kept {
    const now = this.#surroundings.date().toISOString();
    const createdDateTimeUtc = before?.createdDateTimeUtc ?? now;
    return { createdDateTimeUtc, lastUpdatedDateTimeUtc: now, etag: etag(this.#surroundings.rng) };
  }
}

import { createHash } from 'node:crypto';
import type { CloudParts } from './api/index.ts';
import { readCertificate } from './certificates/index.ts';
import { Authorities, DpsService, Enrollments, Registrar, Registrations } from './dps/index.ts';
import { Hub, HubService } from './hub/index.ts';
import { NO_LIMITS } from './limits.ts';
import type { CloudOptions, EnrollmentCa } from './options.ts';
import type { State } from './state/index.ts';
import type { Surroundings } from './surroundings.ts';

/** A DPS and its hubs, without their listeners. */
export interface Cloud {
  readonly dps: DpsService;
  readonly hubs: HubService;
  readonly parts: CloudParts;
}

export type CloudPlan = Pick<CloudOptions, 'idScope' | 'hubs' | 'allocation' | 'enrollmentCas' | 'limits'>;

export function assembleCloud(plan: CloudPlan, state: State, surroundings: Surroundings): Cloud {
  const { idScope, allocation } = plan;
  const limits = { ...NO_LIMITS, ...plan.limits };
  const authorities = new Authorities(state, surroundings);
  const enrollments = new Enrollments(state, authorities, surroundings);
  for (const ca of plan.enrollmentCas) enroll(ca, authorities, enrollments);
  const registrations = new Registrations(state);
  const hubs = plan.hubs.map((name) => new Hub(name, limits, state, surroundings));
  const registrar = new Registrar({
    ...{ enrollments, registrations, allocation, limits, state, surroundings },
    hubs: hubs.map(({ registry }) => registry),
  });
  const dps = new DpsService({ idScope, registrar, limits, surroundings });
  return {
    dps,
    hubs: new HubService(hubs, (chain) => authorities.ofChain(chain) !== undefined, surroundings.date),
    parts: { idScope, authorities, enrollments, registrations, hubs, dpsCounters: dps.counters, state },
  };
}

/** Uploads a CA and enrolls its devices, unless a kept state has it already: what a portal changed since stays. */
function enroll({ certificatePem, verified }: EnrollmentCa, authorities: Authorities, enrollments: Enrollments): void {
  if (authorities.withCertificate(certificatePem) !== undefined) return;
  const certificate = readCertificate(certificatePem);
  const name = `ca-${createHash('sha256')
    .update(certificate?.raw ?? certificatePem)
    .digest('hex')
    .slice(0, 12)}`;
  authorities.upload(name, certificatePem, verified);
  enrollments.putGroup({
    enrollmentGroupId: name,
    certificate: name,
    provisioningStatus: 'enabled',
    reprovisionPolicy: 'migrate',
  });
}

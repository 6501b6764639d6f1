export { Authorities, type Authority } from './authorities.ts';
export {
  type EnrollmentGroup,
  Enrollments,
  type GroupRequest,
  type IndividualEnrollment,
  type IndividualRequest,
  PROVISIONING_STATUS,
  REPROVISIONING,
} from './enrollments.ts';
export { Registrar } from './registrar.ts';
export { type Registration, Registrations, registrationState } from './registrations.ts';
export { type DpsCounters, DpsService } from './service.ts';
export { isRegistrationId } from './username.ts';

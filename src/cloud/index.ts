export { keptHubs } from './kept-hubs.ts';
export {
  ALLOCATIONS,
  type Allocation,
  type CloudLimits,
  type CloudOptions,
  type EnrollmentCa,
  type RunningCloud,
} from './options.ts';
export { type CloudServer, type CloudServerOptions, cloudServer } from './server.ts';
export { startCloud } from './start.ts';

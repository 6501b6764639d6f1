export { keptHubs } from './kept-hubs.ts';
export type { Allocation, CloudLimits, CloudOptions, EnrollmentCa, RunningCloud } from './options.ts';
export { type CloudServer, type CloudServerOptions, cloudServer } from './server.ts';
export { startCloud } from './start.ts';

export { openBroker, type RunBroker } from './broker.ts';
export type { FleetRunOptions, RunRecords } from './options.ts';
export type { BrokerAddress, CaPem, CloudPlan, FleetPhase, RunPlan } from './plan.ts';
export type { FleetProbe, ProbeAccess } from './probe-access.ts';
export { runFleet } from './run-fleet.ts';

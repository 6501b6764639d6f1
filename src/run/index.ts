export type { FleetObserver, FleetRunOptions } from './observer.ts';
export type { BrokerAddress, CaPem, FleetPhase, RunPlan } from './plan.ts';
export type { FleetProbe, ProbeAccess } from './probe-access.ts';
export { runFleet } from './run-fleet.ts';
export type { ConnectionTap, Endpoint, WireTap } from './wire-tap.ts';

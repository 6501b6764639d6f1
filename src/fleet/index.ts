export type { FleetObserver, FleetRunOptions } from './observer.ts';
export type { AuthorityPem, BrokerAddress, FleetPhase, Pace, RunPlan } from './plan.ts';

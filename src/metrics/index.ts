export type { CauseCount, CauseSummary } from './causes.ts';
export type { GeneratorSummary, Period } from './generator-figures.ts';
export { GeneratorWatch } from './generator-watch.ts';
export { LatencyHistogram, type LatencySummary } from './latency.ts';
export type { MessageCounts } from './message-counts.ts';
export type { FleetObserver } from './observer.ts';
export type { ProvisioningCounts, ProvisioningSummary } from './provisioning.ts';
export { type ProcessMeter, processBusy, ResourceMeter, type ResourceUse } from './resources.ts';
export { RunMetrics } from './run-metrics.ts';
export { type MetricsDelta, ShardMetrics } from './shard-metrics.ts';
export {
  type EndedWorker,
  type MessageAccount,
  type NotSent,
  type RecentLatencies,
  type RunSnapshot,
  type RunSummary,
  SUMMARY_SCHEMA,
  type Traffic,
} from './summary.ts';

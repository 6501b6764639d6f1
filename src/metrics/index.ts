export type { CauseCount, CauseSummary } from './causes.ts';
export { LatencyHistogram, type LatencySummary } from './latency.ts';
export { LoopWatch } from './loop-watch.ts';
export type { FleetObserver } from './observer.ts';
export { type ProcessMeter, ResourceMeter, type ResourceUse } from './resources.ts';
export { RunMetrics } from './run-metrics.ts';
export { type MetricsDelta, ShardMetrics } from './shard-metrics.ts';
export {
  type EndedWorker,
  type MessageAccount,
  type NotSent,
  type RunSnapshot,
  type RunSummary,
  SUMMARY_SCHEMA,
  type Traffic,
} from './summary.ts';

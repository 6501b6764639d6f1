export type { CauseSummary, SeenCause } from './device-states.ts';
export { LatencyHistogram, type LatencySummary } from './latency.ts';
export { type ProcessMeter, ResourceMeter, type ResourceUse } from './resources.ts';
export { RunMetrics } from './run-metrics.ts';
export { type RunSnapshot, type RunSummary, SUMMARY_SCHEMA, type Traffic } from './summary.ts';

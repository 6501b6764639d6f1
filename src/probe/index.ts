export type { FilterReport, ProbeReport } from './report.ts';
export { type Probe, startProbe } from './start.ts';
export { isFilter, telemetryFilter } from './topics.ts';

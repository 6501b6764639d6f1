export type { FilterReport, ProbeReport } from './report.ts';
export { type Probe, startProbe } from './start.ts';
export { isFilter } from './topics.ts';

export type { Published } from './messages.ts';
export { PublishBatch } from './publish-batch.ts';
export type { FilterReport, ProbeReport } from './report.ts';
export { type Probe, startProbe } from './start.ts';
export type { SysFigure, SysReport } from './sys-figures.ts';

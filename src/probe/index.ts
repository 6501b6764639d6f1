export type { Published } from './messages.ts';
export { DevicePublishes, PublishBatch } from './publish-batch.ts';
export type { Delivery, DeliveryByKind, FilterReport, ProbeReport } from './report.ts';
export { type Probe, startProbe } from './start.ts';
export type { SysReport } from './sys-figures.ts';

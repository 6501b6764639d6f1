export { ProcessWatch } from './process-watch.ts';
export type { BrokerReport, ProcessReport } from './report.ts';

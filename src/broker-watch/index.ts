export { ProcessWatch } from './process-watch.ts';
export type { ProcessReport } from './report.ts';

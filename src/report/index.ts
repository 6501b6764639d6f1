export { formatBroker } from './format.ts';
export { OutputDirectory } from './output-directory.ts';
export { Progress } from './progress.ts';
export { liveView, type ProgressView, plainView, quietView, timedView } from './progress-view.ts';
export type { RunFacts, RunReport } from './run-report.ts';
export { summaryText } from './summary-text.ts';
export { table } from './table.ts';
export { isLive, type Paint, painter, type TerminalEnvironment, type TextOutput } from './terminal.ts';

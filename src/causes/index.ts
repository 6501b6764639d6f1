export type { Cause, Side } from './cause.ts';
export { type CauseCode, codeOf, codeOfAttempt, UNFINISHED, WORKER_ENDED } from './code.ts';
export { causeOf, mayComeOfLateness, meansSlow } from './lookup.ts';

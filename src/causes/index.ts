export type { Cause, Side } from './cause.ts';
export { type CauseCode, codeOf, codeOfAttempt, UNFINISHED, WORKER_ENDED } from './code.ts';
export { causeOf } from './lookup.ts';
export { SLOW } from './table.ts';

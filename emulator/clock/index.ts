export { type Clock, sleep } from './clock.ts';
export { ManualClock, type Settle } from './manual-clock.ts';

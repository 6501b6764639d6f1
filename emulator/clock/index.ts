export { type Clock, sleep, type Time } from './clock.ts';
export { ManualClock, type Settle } from './manual-clock.ts';
export { TaskClock } from './task-clock.ts';

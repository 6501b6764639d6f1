export { type Clock, sleep, type Time } from './clock.ts';
export { type Drain, ManualClock } from './manual-clock.ts';
export { patience } from './patience.ts';
export { TaskClock } from './task-clock.ts';

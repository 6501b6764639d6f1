export { realClock } from './real-clock.ts';

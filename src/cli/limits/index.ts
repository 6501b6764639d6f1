export { requireLimits } from './limits.ts';

export { requireLimits } from './limits.ts';
export { PROCESS_BYTES } from './memory.ts';

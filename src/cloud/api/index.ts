export type { CloudParts } from './parts.ts';
export { createApi } from './server.ts';

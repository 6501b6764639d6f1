export { loadProfile } from './load.ts';
export { profileFileSchema } from './schema.ts';

export { loadProfile } from './load.ts';
export { shippedProfiles } from './shipped.ts';

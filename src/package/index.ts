export { preloadSources } from './preload.ts';
export { shippedProfileFile, shippedProfiles } from './profiles.ts';

export { shippedProfileFile, shippedProfiles } from './profiles.ts';

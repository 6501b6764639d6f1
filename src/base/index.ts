export { type Child, startChild } from './child.ts';
export { formatDuration } from './format-duration.ts';
export { makeDirectory } from './make-directory.ts';
export { nearest } from './nearest.ts';
export { preloadSources } from './preload-sources.ts';
export { realClock } from './real-clock.ts';
export { servesParent } from './serves-parent.ts';
export { shippedProfileFile, shippedProfiles } from './shipped-profiles.ts';

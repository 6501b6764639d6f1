export type { Firmware, Traffic } from './firmware.ts';
export { firmwareOf } from './firmwares.ts';
export { type Profile, profileSchema } from './profiles.ts';

export type { Firmware, Service, Traffic } from './firmware.ts';
export { firmwareOf, type Profile, profileSchema } from './firmwares.ts';

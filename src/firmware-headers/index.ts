export { type FirmwareHeaderOptions, profileSource } from './profile-source.ts';

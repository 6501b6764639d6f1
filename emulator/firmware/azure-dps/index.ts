export { azureDps } from './firmware.ts';
export { type AzureDpsProfile, azureDpsProfile } from './profile.ts';

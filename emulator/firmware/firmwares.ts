import { z } from 'zod';
import { slotsApart } from '../device/index.ts';
import { azureDps, azureDpsProfile } from './azure-dps/index.ts';
import { esp32Mqtts, esp32MqttsProfile } from './esp32-mqtts/index.ts';
import type { Firmware } from './firmware.ts';

/** What the profiles of each firmware may say; a new firmware is a line here and one below. */
const PROFILES = [esp32MqttsProfile, azureDpsProfile] as const;

const FIRMWARES: { readonly [Name in Profile['firmware']]: Firmware<Extract<Profile, { readonly firmware: Name }>> } = {
  'esp32-mqtts': esp32Mqtts,
  'azure-dps': azureDps,
};

const names = Object.keys(FIRMWARES).join(', ');

/** Validates a profile as it stands in YAML, by its `firmware`; the output carries bytes where YAML has hexadecimal text. */
export const profileSchema = z
  .discriminatedUnion('firmware', PROFILES, `expected the name of a firmware: ${names}`)
  .check(slotsApart);

export type Profile = z.output<(typeof PROFILES)[number]>;

/** The firmware that runs a profile. */
export function firmwareOf(profile: Profile): Firmware<Profile> {
  return FIRMWARES[profile.firmware];
}

import { esp32Mqtts } from './esp32-mqtts/index.ts';
import type { Firmware } from './firmware.ts';
import type { Profile } from './profiles.ts';

/** Every firmware by its name. */
export type Firmwares = {
  readonly [Name in Profile['firmware']]: Firmware<Extract<Profile, { readonly firmware: Name }>>;
};

export const FIRMWARES: Firmwares = { 'esp32-mqtts': esp32Mqtts };

/** The firmware that runs a profile. */
export function firmwareOf(profile: Profile): Firmware<Profile> {
  return FIRMWARES[profile.firmware];
}

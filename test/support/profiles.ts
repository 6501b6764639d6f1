import type { Profile } from '../../emulator/firmware/index.ts';
import { loadProfile } from '../../src/profile/index.ts';

type Esp32MqttsProfile = Extract<Profile, { firmware: 'esp32-mqtts' }>;

/** A profile of the firmware esp32-mqtts, by name or file. */
export function esp32MqttsProfile(nameOrFile = 'esp32-mqtts'): Esp32MqttsProfile {
  const profile = loadProfile(nameOrFile);
  if (profile.firmware !== 'esp32-mqtts') throw new Error(`${nameOrFile} is a profile of ${profile.firmware}`);
  return profile;
}

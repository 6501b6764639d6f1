import { platform } from 'node:os';
import { EmuError } from '../../emulator/errors.ts';
import type { Profile } from '../../emulator/firmware/index.ts';
import { cSources } from '../base/index.ts';
import type { DeviceFactory } from '../factory/index.ts';
import { profileSource } from '../firmware-headers/index.ts';
import { buildNative } from '../native/index.ts';

export interface FirmwareBuild {
  readonly profile: Profile;
  /** From one sample to the next, instead of the profile's. */
  readonly intervalMs?: number | undefined;
  /** How the fleet's certificates are rebuilt. */
  readonly definitions: DeviceFactory['definitions'];
}

/**
 * The path of the firmware for this machine, built with the tables of the profile.
 * @throws EmuError EMU_E_FIRMWARE_COMPILER, EMU_E_FIRMWARE_PLATFORM, EMU_E_PROFILE_FIRMWARE
 */
export function buildFirmware(
  { profile, intervalMs, definitions }: FirmwareBuild,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  if (platform() !== 'linux') {
    throw new EmuError('EMU_E_FIRMWARE_PLATFORM', `the firmware has no port for ${platform()}`, {
      value: platform(),
      hint: 'Run it on Linux, or on an ESP32.',
    });
  }
  return buildNative(
    {
      name: 'firmware',
      kind: 'program',
      sources: [cSources('core'), cSources('posix')],
      generated: profileSource(profile, { definitions, ...(intervalMs !== undefined && { intervalMs }) }),
      // As firmware/posix/Makefile has it: the TLS library finds functions of the program before its own.
      flags: ['-std=c11', '-U_GNU_SOURCE', '-D_POSIX_C_SOURCE=200809L', '-rdynamic'],
      libraries: ['mbedtls', 'mbedx509', 'mbedcrypto', 'm'],
      complaints: { code: 'EMU_E_FIRMWARE_COMPILER', packages: ['libc6-dev', 'libmbedtls-dev'] },
    },
    environment,
  );
}

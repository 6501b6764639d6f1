import { platform } from 'node:os';
import { EmuError } from '../../../emulator/errors.ts';
import { cSources } from '../../base/index.ts';
import { buildNative } from '../../native/index.ts';

/** The path of the preload library. @throws EmuError EMU_E_BOARD_COMPILER, EMU_E_BOARD_PLATFORM */
export async function buildPreload(environment: NodeJS.ProcessEnv): Promise<string> {
  if (platform() !== 'linux') {
    throw new EmuError('EMU_E_BOARD_PLATFORM', `--exec does not run on ${platform()}`, {
      value: platform(),
      hint: "The preload library is for Linux; the board's ports work everywhere.",
    });
  }
  const complaints = { code: 'EMU_E_BOARD_COMPILER', packages: ['libc6-dev'] } as const;
  return buildNative({ name: 'preload', kind: 'library', sources: [cSources('preload')], complaints }, environment);
}

import { packaged } from './packaged.ts';

/** Where C sources of the package are. */
const DIRECTORIES = {
  preload: 'src/board/preload',
  pty: 'src/board/pty',
  core: 'firmware/core',
  posix: 'firmware/posix',
} as const;

/** The directory of the library that `emu board` puts under a program, of its terminal, or of a part of the firmware. */
export function cSources(of: keyof typeof DIRECTORIES): string {
  return packaged(DIRECTORIES[of]);
}

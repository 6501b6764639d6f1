import { packaged } from './packaged.ts';

/** The directory of C sources: of the library that `emu board` puts under a program, or of its terminal. */
export function cSources(of: 'preload' | 'pty'): string {
  return packaged(`src/board/${of}`);
}

import { packaged } from './packaged.ts';

/** The directory of the C sources of the library that `emu board` puts under a program. */
export function preloadSources(): string {
  return packaged('src/board/preload');
}

import { createRequire } from 'node:module';

/** The package by its own name: found from the sources and from the build alike. */
export function packageVersion(): string {
  return createRequire(import.meta.url)('twinfleet/package.json').version;
}

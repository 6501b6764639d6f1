import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's profiles directory: the same one whether this runs from src/profile or from dist/src/profile. */
function profilesDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return join(directory, 'profiles');
}

/** The names of the profiles that come with the package, sorted. */
export function shippedProfiles(): string[] {
  return readdirSync(profilesDirectory())
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

export function shippedProfileFile(name: string): string {
  return join(profilesDirectory(), `${name}.yaml`);
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packaged } from './packaged.ts';

/** The names of the profiles that come with the package, sorted. */
export function shippedProfiles(): string[] {
  return readdirSync(packaged('profiles'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

export function shippedProfileFile(name: string): string {
  return packaged(join('profiles', `${name}.yaml`));
}

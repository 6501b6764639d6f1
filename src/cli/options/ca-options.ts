import type { Profile } from '../../../emulator/firmware/index.ts';
import { type Arguments, type OptionTable, option, textOf } from '../command/index.ts';
import { quoted, usageError } from '../errors/index.ts';
import { parseCount } from './numbers.ts';

/** What stands above the devices of a fleet that is made. */
export const CA_OPTIONS = {
  'ca-cert': option(
    'Ca',
    'PEM certificate of your own CA, then those above it to their root: P-256 becomes the root, or with path length 0 the signer of the devices; any other has a root of the fleet put under it',
    'a fresh root',
  ),
  'ca-key': option('Ca', 'its private key, PEM'),
  org: option('Ca', 'O in the names of the certificates', "the profile's"),
  validity: option(
    'Ca',
    'YEARS that the certificates of signer and devices are valid: up to 31, a signer through 2049',
    '10 for the signer, and devices never expire',
  ),
} as const satisfies OptionTable;

/** X.520's ub-organization-name. */
const LONGEST_ORGANIZATION = 64;

/** The profile with the organization of `--org`. */
export function withOrganization(profile: Profile, args: Arguments): Profile {
  const organization = textOf(args, 'org');
  if (organization === undefined) return profile;
  if (organization.length > LONGEST_ORGANIZATION || !/^\P{Cc}+$/u.test(organization)) {
    throw usageError(
      `--org must be a name of 1 to ${LONGEST_ORGANIZATION} characters, not ${quoted(organization)}`,
      'It becomes O in the names of the certificates.',
    );
  }
  return { ...profile, certificates: { ...profile.certificates, organization } };
}

/** The years of `--validity`. The factory knows how many fit: `readCa` asks it. */
export function yearsOf(args: Arguments): { years?: number } {
  const text = textOf(args, 'validity');
  return text === undefined ? {} : { years: parseCount('--validity', text, 10) };
}

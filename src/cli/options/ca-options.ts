import type { Profile } from '../../../emulator/firmware/index.ts';
import { type Arguments, type OptionTable, option, textOf } from '../command/index.ts';
import { quoted, usageError } from '../errors/index.ts';
import { parseCount } from './numbers.ts';

/** The CA above the devices of a new fleet. */
export const CA_OPTIONS = {
  'ca-cert': option(
    'CA',
    'PEM certificate of your own CA, then those above it up to the root. A P-256 CA becomes the root, or with path length 0 the signer of the devices; under any other CA the fleet gets a root of its own',
    'a fresh root',
  ),
  'ca-key': option('CA', 'its private key, PEM'),
  org: option('CA', 'O in the names of the certificates', "the profile's"),
  validity: {
    ...option(
      'CA',
      'YEARS that signer and device certificates are valid: up to 31, for a signer through 2049',
      'signer 10, devices never expire',
    ),
    check: parseYears,
  },
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
  return text === undefined ? {} : { years: parseYears(text) };
}

function parseYears(text: string): number {
  return parseCount('--validity', text, 10);
}

import type { Profile } from '../../emulator/firmware/index.ts';
import type { CertificateDefinition, CertificateElements, Element } from '../../emulator/host-library/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { createCa, DeviceFactory } from '../factory/index.ts';

/** BIT STRING, no unused bits, SEQUENCE, and two INTEGERs of 33 bytes: an ECDSA signature on P-256 at its longest (RFC 3279 2.2.3). */
const LONGEST_SIGNATURE = Uint8Array.from({ length: 75 }, (_, i) => [0x03, 0x49][i] ?? 0);

/** What a rebuild puts into every certificate. */
const REBUILT = ['serialNumber', 'notBefore', 'publicKey', 'subjectKeyId', 'authorityKeyId'] as const;

export interface Templates {
  readonly signer: CertificateDefinition;
  readonly device: CertificateDefinition;
}

/**
 * The definitions of a fleet of the profile, without what is the fleet's own or a device's: the same for all fleets under a
 * root that the program made.
 */
export function templatesOf(profile: Profile, { signer, device }: Templates = ownDefinitions(profile)): Templates {
  const ends = device.expireYears === 0 ? [] : (['notAfter'] as const);
  return {
    signer: blank(signer, [...REBUILT, 'notAfter']),
    device: blank(device, [...REBUILT, ...ends, 'commonName']),
  };
}

function ownDefinitions(profile: Profile): Templates {
  const rng = rootRng('firmware headers');
  // Nothing of the date is left in a template.
  const ca = createCa({ rng, now: new Date('2020-06-15T12:00:00Z'), names: profile.certificates });
  return new DeviceFactory({ rng, ca, profile }).definitions;
}

/** The definition with 0 in the elements, and a signature of the greatest length. */
function blank(
  definition: CertificateDefinition,
  names: readonly (keyof CertificateElements)[],
): CertificateDefinition {
  const { offset } = definition.elements.signature;
  const template = new Uint8Array(offset + LONGEST_SIGNATURE.length);
  template.set(definition.template.subarray(0, offset));
  template.set(LONGEST_SIGNATURE, offset);
  new DataView(template.buffer).setUint16(2, template.length - 4);
  for (const name of names) {
    const { offset, count }: Element = definition.elements[name];
    template.fill(0, offset, offset + count);
  }
  const signature = { offset, count: LONGEST_SIGNATURE.length };
  return { ...definition, template, elements: { ...definition.elements, signature } };
}

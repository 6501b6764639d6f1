import type { Rng } from '../../emulator/rng/index.ts';
import { certificateSerial, type Issuer } from './ca.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  distinguishedName,
  issueCertificate,
  subjectKeyIdentifier,
  subjectOf,
} from './certificate.ts';
import { issueDate, yearsAfter } from './dates.ts';
import { makeKeyPair } from './keys.ts';

export interface PossessionOptions {
  readonly issuer: Issuer;
  /** What the cloud gave to prove that the issuer's key is at hand; the CN. */
  readonly code: string;
  readonly rng: Rng;
  readonly now: Date;
}

/**
 * The certificate that proves to a cloud that a CA's key is at hand: its CN is the cloud's code. DER. Its own
 * key is of no use to anyone and is thrown away.
 */
export function possessionCertificate({ issuer, code, rng, now }: PossessionOptions): Uint8Array {
  const { publicKey } = makeKeyPair(rng.fork('pki', 'possession', 'key'));
  const issuedAt = issueDate(now);
  return issueCertificate(
    {
      serialNumber: certificateSerial(rng.fork('pki', 'possession', 'serial')),
      issuer: subjectOf(issuer.der),
      notBefore: issuedAt,
      notAfter: yearsAfter(issuedAt, 1),
      subject: distinguishedName(undefined, code),
      publicKey,
      extensions: [basicConstraints(false), subjectKeyIdentifier(publicKey), authorityKeyIdentifier(issuer.publicKey)],
    },
    issuer.privateKey,
  );
}

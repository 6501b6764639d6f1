import type { KeyObject } from 'node:crypto';
import type { Certificate } from 'pkijs';
import { sha1 } from '../../emulator/crypto/index.ts';
import { type CaOptions, certificateSerial, type Issuer, ROOT_YEARS } from './ca.ts';
import {
  authorityNamedBy,
  basicConstraints,
  distinguishedName,
  issueCertificate,
  subjectKeyIdentifier,
} from './certificate.ts';
import { ownKeyIdentifier } from './certificate-fields.ts';
import { issueDate, yearsAfter } from './dates.ts';
import { makeKeyPair } from './keys.ts';

/** A CA whose key no chip can hold. */
export interface ForeignIssuer {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
}

/**
 * The P-256 root of a fleet under a CA of another kind. A chip keeps its root's key in 64 bytes and its signer's
 * signature as R||S, so that neither an RSA key nor a signature by one has room; between them a root of the fleet has.
 * Devices send their own and the signer's certificate: a broker has to be given this root beside what stands above it.
 */
export function fleetRootUnder(issuer: ForeignIssuer, { rng, now, names, years = 0 }: CaOptions): Issuer {
  const keys = makeKeyPair(rng.fork('pki', 'root', 'key'));
  const issuedAt = issueDate(now);
  const der = issueCertificate(
    {
      serialNumber: certificateSerial(rng.fork('pki', 'root', 'serial')),
      issuer: issuer.certificate.subject,
      notBefore: issuedAt,
      notAfter: yearsAfter(issuedAt, Math.max(ROOT_YEARS, years)),
      subject: distinguishedName(names.organization, names.rootCommonName),
      publicKey: keys.publicKey,
      extensions: [
        subjectKeyIdentifier(keys.publicKey),
        authorityNamedBy(ownKeyIdentifier(issuer.certificate) ?? identifierByHash(issuer.certificate)),
        basicConstraints(true, 1),
      ],
    },
    issuer.privateKey,
  );
  return { ...keys, der };
}

/** RFC 5280 4.2.1.2 method 1: SHA-1 of the BIT STRING's content. */
function identifierByHash({ subjectPublicKeyInfo }: Certificate): Uint8Array {
  return sha1(subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView);
}

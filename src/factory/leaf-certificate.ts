import { type Extension, ExtKeyUsage } from 'pkijs';
import type { Rng } from '../../emulator/rng/index.ts';
import { certificateSerial, type Issuer } from './ca.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  distinguishedName,
  extension,
  issueCertificate,
  keyUsage,
  subjectKeyIdentifier,
  subjectOf,
} from './certificate.ts';
import { yearsAfter } from './dates.ts';
import { makeKeyPair } from './keys.ts';
import { certificatePem } from './pem.ts';

export interface LeafCertificateOptions {
  readonly issuer: Issuer;
  readonly issuedAt: Date;
  readonly organization: string;
  readonly commonName: string;
  readonly purpose: 'server' | 'client';
  /** What the certificate says besides its purpose and its key identifiers. */
  readonly extensions?: readonly Extension[];
  /** The key and the serial number come from its branches of these names. */
  readonly rng: Rng;
}

export interface LeafCertificate {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

const EXT_KEY_USAGE = '2.5.29.37';
/** RFC 5280 4.2.1.12: serverAuth and clientAuth. */
const PURPOSES = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;
const DIGITAL_SIGNATURE = 0x80;
const YEARS = 1;

/** A P-256 certificate, good for a year, of a program that is no device: its key is in software. */
export function leafCertificate(options: LeafCertificateOptions): LeafCertificate {
  const { issuer, issuedAt, organization, commonName, purpose, extensions = [], rng } = options;
  const { privateKey, publicKey } = makeKeyPair(rng.fork('key'));
  const der = issueCertificate(
    {
      serialNumber: certificateSerial(rng.fork('serial')),
      issuer: subjectOf(issuer.der),
      notBefore: issuedAt,
      notAfter: yearsAfter(issuedAt, YEARS),
      subject: distinguishedName(organization, commonName),
      publicKey,
      extensions: [
        basicConstraints(false),
        keyUsage(DIGITAL_SIGNATURE),
        extension(EXT_KEY_USAGE, false, new ExtKeyUsage({ keyPurposes: [PURPOSES[purpose]] }).toSchema().toBER()),
        ...extensions,
        subjectKeyIdentifier(publicKey),
        authorityKeyIdentifier(issuer.publicKey),
      ],
    },
    issuer.privateKey,
  );
  return {
    certificatePem: certificatePem(der),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

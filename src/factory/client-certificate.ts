import { ExtKeyUsage } from 'pkijs';
import type { Rng } from '../../emulator/rng/index.ts';
import { certificateSerial, type Issuer } from './authority.ts';
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
import { issueDate, yearsAfter } from './dates.ts';
import { makeKeyPair } from './keys.ts';
import { certificatePem } from './pem.ts';

export interface ClientCertificateOptions {
  /** The fleet's signer: whom the broker trusts for devices it trusts for this one. */
  readonly signer: Issuer;
  readonly organization: string;
  readonly commonName: string;
  readonly now: Date;
  readonly rng: Rng;
}

export interface ClientCertificate {
  /** Followed by the signer's. */
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

const EXT_KEY_USAGE = '2.5.29.37';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const DIGITAL_SIGNATURE = 0x80;

/** A certificate for a client beside the fleet's devices, good for a year; its key is in software. */
export function clientCertificate(options: ClientCertificateOptions): ClientCertificate {
  const { signer, organization, commonName, now, rng } = options;
  const { privateKey, publicKey } = makeKeyPair(rng.fork('pki', 'client', commonName, 'key'));
  const issuedAt = issueDate(now);
  const der = issueCertificate(
    {
      serialNumber: certificateSerial(rng.fork('pki', 'client', commonName, 'serial')),
      issuer: subjectOf(signer.der),
      notBefore: issuedAt,
      notAfter: yearsAfter(issuedAt, 1),
      subject: distinguishedName(organization, commonName),
      publicKey,
      extensions: [
        basicConstraints(false),
        keyUsage(DIGITAL_SIGNATURE),
        extension(EXT_KEY_USAGE, false, new ExtKeyUsage({ keyPurposes: [CLIENT_AUTH] }).toSchema().toBER()),
        subjectKeyIdentifier(publicKey),
        authorityKeyIdentifier(signer.publicKey),
      ],
    },
    signer.privateKey,
  );
  return {
    certificatePem: certificatePem(der) + certificatePem(signer.der),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

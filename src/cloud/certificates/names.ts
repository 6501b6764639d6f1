import type { X509Certificate } from 'node:crypto';

/** The CN of a certificate's subject; the last where there are several. */
export function commonNameOf({ subject }: X509Certificate): string | undefined {
  // A line for each attribute; OpenSSL escapes line ends inside of values.
  return subject
    ?.split('\n')
    .filter((line) => line.startsWith('CN='))
    .map((line) => line.slice('CN='.length))
    .at(-1);
}

/** Thumbprints as a portal writes them: hexadecimal in upper case, SHA-1 and SHA-256. */
export function thumbprintsOf({
  fingerprint,
  fingerprint256,
}: X509Certificate): readonly [sha1: string, sha256: string] {
  return [fingerprint.replaceAll(':', ''), fingerprint256.replaceAll(':', '')];
}

/** What the DPS says of a certificate in its answers (X509CertificateInfo of its REST API). */
export interface CertificateInfo {
  readonly subjectName: string;
  readonly sha1Thumbprint: string;
  readonly sha256Thumbprint: string;
  readonly issuerName: string;
  readonly notBeforeUtc: string;
  readonly notAfterUtc: string;
  readonly serialNumber: string;
  readonly version: number;
}

const X509_VERSION = 3;

export function certificateInfo(certificate: X509Certificate): CertificateInfo {
  const [sha1Thumbprint, sha256Thumbprint] = thumbprintsOf(certificate);
  return {
    subjectName: inOneLine(certificate.subject),
    sha1Thumbprint,
    sha256Thumbprint,
    issuerName: inOneLine(certificate.issuer),
    notBeforeUtc: new Date(certificate.validFrom).toISOString(),
    notAfterUtc: new Date(certificate.validTo).toISOString(),
    serialNumber: certificate.serialNumber,
    version: X509_VERSION,
  };
}

function inOneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

import { X509Certificate } from 'node:crypto';
import { certificatesFromPem } from '../../emulator/crypto/index.ts';
import { certificatePem } from '../factory/index.ts';

/** The certificates of fleet.yaml, PEM. */
interface FleetCertificates {
  readonly authority: { readonly anchors: readonly string[]; readonly signer: string };
  readonly deviceTemplate: string;
}

/** What is wrong with a fleet's certificates, from the devices' up to the one that signed itself; undefined when nothing is. */
export function certificateTrouble({ authority, deviceTemplate }: FleetCertificates): string | undefined {
  const named = [
    ['deviceTemplate', deviceTemplate],
    ['authority.signer', authority.signer],
    ...authority.anchors.map((anchor, index) => [`authority.anchors.${index}`, anchor]),
  ] as [string, string][];
  const chain: { name: string; x509: X509Certificate }[] = [];
  for (const [name, pem] of named) {
    const x509 = certificateIn(pem);
    if (x509 === undefined) return `${name}: this is not a certificate`;
    chain.push({ name, x509 });
  }
  for (const [index, { name, x509 }] of chain.entries()) {
    const issuer = chain[index + 1]?.x509 ?? x509;
    if (!isSignedBy(x509, issuer)) return `${name}: its signature is not by the certificate above it`;
  }
  return undefined;
}

/** Undefined when the text is not exactly one certificate that can be parsed. */
function certificateIn(pem: string): X509Certificate | undefined {
  try {
    const [der] = certificatesFromPem(pem);
    return certificatePem(der) === pem ? new X509Certificate(der) : undefined;
  } catch {
    return undefined;
  }
}

function isSignedBy(x509: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return x509.verify(issuer.publicKey);
  } catch {
    return false; // its key cannot be read
  }
}

import type { Certificate } from 'pkijs';

/** Extensions of RFC 5280 4.2.1. */
export const OID = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
} as const;

/** The content of an extension's OCTET STRING. */
export function extensionValue(certificate: Certificate, oid: string): Uint8Array | undefined {
  const found = certificate.extensions?.find(({ extnID }) => extnID === oid);
  return found && new Uint8Array(found.extnValue.valueBlock.valueHexView);
}

/** The subject key identifier that a certificate bears. */
export function ownKeyIdentifier(certificate: Certificate): Uint8Array | undefined {
  return extensionValue(certificate, OID.subjectKeyIdentifier)?.subarray(2);
}

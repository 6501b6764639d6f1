import { addressBytes, addressText } from './ip-address.ts';
import type { Certificate } from './x509.ts';
import { commonNames } from './x509-name.ts';

/** One name of a certificate against a host: equal but for case, or `*.` in place of exactly one first label. */
function matchesName(name: string, host: string): boolean {
  const wanted = host.toLowerCase();
  const offered = name.toLowerCase();
  if (offered === wanted) return true;
  const dot = wanted.indexOf('.');
  return offered.length > 2 && offered.startsWith('*.') && dot > 0 && offered.slice(1) === wanted.slice(dot);
}

/** The names and addresses that `matchesHost` looks at, as text. */
export function hostNames({ extensions, subject }: Certificate): readonly string[] {
  const names = extensions.alternativeNames;
  return names === undefined ? commonNames(subject) : [...names.dns, ...names.addresses.map(addressText)];
}

/**
 * Whether a certificate is for `host` (RFC 6125 6.4): by its dNSName entries, or by its common names when it has no
 * subjectAltName. Deviation from mbedTLS 2.16 (x509_crt_verify_name), which knows text only: an IP literal also
 * matches an iPAddress entry, because brokers under test are often reached by address.
 */
export function matchesHost(certificate: Certificate, host: string): boolean {
  const names = certificate.extensions.alternativeNames;
  if (names === undefined) return commonNames(certificate.subject).some((name) => matchesName(name, host));
  if (names.dns.some((name) => matchesName(name, host))) return true;
  const address = addressBytes(host);
  return address !== undefined && names.addresses.some((entry) => Buffer.compare(entry, address) === 0);
}

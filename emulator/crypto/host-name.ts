import type { Certificate } from './x509.ts';
import { commonNames } from './x509-name.ts';

/** The four bytes of an IPv4 literal or the sixteen of an IPv6 literal (RFC 4291 2.2), else undefined. */
export function addressBytes(host: string): Uint8Array | undefined {
  const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  if (dotted) {
    const octets = dotted.slice(1).map(Number);
    return octets.every((octet) => octet < 256) ? Uint8Array.from(octets) : undefined;
  }
  if (!host.includes(':') || !/^[0-9a-fA-F:]+$/.test(host)) return undefined;
  const halves = host.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = halves;
  const gap = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? gap < 1 : gap !== 0)) return undefined;
  const groups = [...head, ...Array<string>(halves.length === 2 ? gap : 0).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  );
}

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

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from(
    { length: bytes.length >> 1 },
    (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
  );
  return groups.map((group) => group.toString(16)).join(':');
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

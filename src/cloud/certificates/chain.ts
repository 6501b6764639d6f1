import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** A longer chain is nobody's, and each certificate costs a signature to check. */
const LONGEST_CHAIN = 10;

/** What a client showed in TLS: its own certificate, then those it sent behind it. */
export function certificatesOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  while (next !== undefined && chain.length < LONGEST_CHAIN) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

/** Whether `now` lies within the dates of a certificate. */
export function isValidAt({ validFrom, validTo }: X509Certificate, now: Date): boolean {
  return Date.parse(validFrom) <= now.getTime() && now.getTime() <= Date.parse(validTo);
}

/**
 * The first of `authorities` that a client's chain leads to. Each certificate must be issued by the next, which must be a CA;
 * an authority may be among those sent, or stand above the last.
 */
export function authorityOf<T extends { readonly certificate: X509Certificate }>(
  chain: readonly X509Certificate[],
  authorities: Iterable<T>,
  now: Date,
): T | undefined {
  const all = [...authorities];
  for (const [index, certificate] of chain.entries()) {
    if (!isValidAt(certificate, now)) return undefined;
    const own = index > 0 ? all.find((each) => isSame(each.certificate, certificate)) : undefined;
    if (own !== undefined) return own;
    const above = all.find((each) => isIssuedBy(certificate, each.certificate) && isValidAt(each.certificate, now));
    if (above !== undefined) return above;
    const next = chain[index + 1];
    if (next === undefined || !isIssuedBy(certificate, next)) return undefined;
  }
  return undefined;
}

function isSame(one: X509Certificate, other: X509Certificate): boolean {
  return one.fingerprint256 === other.fingerprint256;
}

export function isIssuedBy(child: X509Certificate, parent: X509Certificate): boolean {
  return parent.ca && child.checkIssued(parent) && child.verify(parent.publicKey);
}

import { matchesHost } from './host-name.ts';
import { type Certificate, type HashName, isIssuedBy, isSignedBy } from './x509.ts';
import { anyExtendedKeyUsage, keyUsage, serverAuth } from './x509-extensions.ts';
import { isSameName } from './x509-name.ts';

/** Which certificates an implementation takes; plain data. */
export interface CertificateRules {
  readonly checkDates: boolean;
  /** Digests under which a certificate may be signed. */
  readonly hashes: readonly HashName[];
  readonly minimumRsaBits: number;
  /** OpenSSL names of the curves that the server's own key may lie on. */
  readonly curves: readonly string[];
  readonly maxIntermediates: number;
  /** What a certificate is refused for first when several things are wrong with it. */
  readonly priority: readonly CertificateProblem[];
}

export type CertificateProblem =
  | 'chain_too_long'
  | 'name_mismatch'
  | 'key_usage'
  | 'extended_key_usage'
  | 'unacceptable_key'
  | 'certificate_expired'
  | 'certificate_not_yet_valid'
  | 'unknown_ca'
  /** A trusted CA is named as the issuer, and its key did not sign. */
  | 'ca_signature'
  | 'weak_digest';

/** The result of checking a chain. The caller, who knows the time, checks the dates of its certificates. */
export interface ChainVerdict {
  readonly problems: ReadonlySet<CertificateProblem>;
  /** When all certificates of the path are valid, in seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

interface Step {
  readonly parent: Certificate;
  readonly trusted: boolean;
  readonly signatureHolds: boolean;
}

function mayIssue(parent: Certificate, trusted: boolean): boolean {
  // Locally trusted certificates older than version 3 cannot carry basicConstraints.
  if (trusted && parent.version < 3) return true;
  const { isAuthority, keyUsage: usage } = parent.extensions;
  return isAuthority && (usage === undefined || (usage & keyUsage.keyCertSign) !== 0);
}

function allowsPath(parent: Certificate, intermediates: number): boolean {
  const { pathLength } = parent.extensions;
  return pathLength === undefined || intermediates <= pathLength;
}

/** The issuer of `child`: among the trusted ones it must also have signed; up the chain the first fitting name counts. */
function findParent(
  child: Certificate,
  trusted: readonly Certificate[],
  above: readonly Certificate[],
  intermediates: number,
): Step | undefined {
  const fits = (parent: Certificate, isTrusted: boolean) =>
    isIssuedBy(child, parent) && mayIssue(parent, isTrusted) && allowsPath(parent, intermediates);
  for (const parent of trusted) {
    if (fits(parent, true) && isSignedBy(child, parent)) return { parent, trusted: true, signatureHolds: true };
  }
  const parent = above.find((candidate) => fits(candidate, false));
  return parent && { parent, trusted: false, signatureHolds: isSignedBy(child, parent) };
}

function isAcceptableKey({ publicKey }: Certificate, rules: CertificateRules): boolean {
  return publicKey.kind === 'rsa' ? publicKey.bits >= rules.minimumRsaBits : publicKey.kind === 'ecdsa';
}

function checkLeaf(leaf: Certificate, host: string, rules: CertificateRules, problems: Set<CertificateProblem>): void {
  const { keyUsage: usage, extendedKeyUsage: purposes } = leaf.extensions;
  if (!matchesHost(leaf, host)) problems.add('name_mismatch');
  if (usage !== undefined && (usage & keyUsage.digitalSignature) === 0) problems.add('key_usage');
  if (purposes && !purposes.includes(serverAuth) && !purposes.includes(anyExtendedKeyUsage)) {
    problems.add('extended_key_usage');
  }
  const { kind, curve } = leaf.publicKey;
  if (!isAcceptableKey(leaf, rules) || (kind === 'ecdsa' && !rules.curves.includes(curve ?? ''))) {
    problems.add('unacceptable_key');
  }
}

/**
 * Walks from a server's certificate to a trusted one (RFC 5280 6.1, in the order in which mbedTLS's
 * x509_crt_verify_chain looks: trusted certificates first, then those that came later in the chain).
 * `chain` is not empty; every problem found is reported, not the first alone.
 */
export function verifyServerChain(
  chain: readonly Certificate[],
  trusted: readonly Certificate[],
  host: string,
  rules: CertificateRules,
): ChainVerdict {
  const problems = new Set<CertificateProblem>();
  let notBefore = Number.NEGATIVE_INFINITY;
  let notAfter = Number.POSITIVE_INFINITY;
  let child = chain[0] as Certificate;
  checkLeaf(child, host, rules, problems);

  const isTrustedItself = trusted.some(({ der }) => Buffer.compare(der, child.der) === 0);
  let selfIssued = 0;
  for (let depth = 0; ; depth++) {
    notBefore = Math.max(notBefore, child.notBefore);
    notAfter = Math.min(notAfter, child.notAfter);
    if (child.signatureAlgorithm && !rules.hashes.includes(child.signatureAlgorithm.hash)) problems.add('weak_digest');
    const isSelfIssued = isSameName(child.issuer, child.subject);
    if (depth === 0 && isTrustedItself && isSelfIssued) break;

    const step = findParent(child, trusted, chain.slice(chain.indexOf(child) + 1), depth - selfIssued);
    if (step === undefined) {
      const isNamesake = trusted.some(
        (root) => isIssuedBy(child, root) && mayIssue(root, true) && !isSignedBy(child, root),
      );
      problems.add(isNamesake ? 'ca_signature' : 'unknown_ca');
      break;
    }
    if (depth > 0 && isSelfIssued) selfIssued++;
    if (!step.trusted && depth >= rules.maxIntermediates) {
      problems.add('chain_too_long');
      break;
    }
    if (!step.signatureHolds) problems.add('unknown_ca');
    if (!isAcceptableKey(step.parent, rules)) problems.add('unacceptable_key');
    child = step.parent;
    if (step.trusted) {
      notBefore = Math.max(notBefore, child.notBefore);
      notAfter = Math.min(notAfter, child.notAfter);
      break;
    }
  }
  return { problems, notBefore, notAfter };
}

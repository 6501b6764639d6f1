import {
  type Certificate,
  type CertificateProblem,
  type CertificateRules,
  certificatesFromPem,
  hostNames,
  type PublicKey,
  parseCertificate,
  verifyServerChain,
} from '../crypto/index.ts';
import { EmuError } from '../errors.ts';
import { Refused } from './failure.ts';

interface Verdict {
  readonly host: string;
  /** The chain's exact bytes. */
  readonly chain: readonly Uint8Array[];
  readonly refused: Refused | undefined;
  readonly problems: ReadonlySet<CertificateProblem>;
  readonly leaf: Certificate | undefined;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A broker shows one chain; this many leave room for a cluster without letting a hostile one fill the memory. */
const verdictsKept = 64;

const explanations: Record<CertificateProblem, string> = {
  chain_too_long: 'its chain is too long',
  name_mismatch: 'it is for another name',
  key_usage: 'its keyUsage forbids signing',
  extended_key_usage: 'its extendedKeyUsage is not that of a server',
  unacceptable_key: 'a key in its chain is too short or of a kind that the device does not support',
  certificate_expired: 'it, or an issuer of it, has expired',
  certificate_not_yet_valid: 'it, or an issuer of it, is not valid yet',
  unknown_ca: 'it does not lead to a CA that the device trusts',
  ca_signature: 'it names a CA that the device trusts, but another key signed it',
  weak_digest: 'a certificate in its chain is signed with a digest that the device does not accept',
};

/** A server writes them, and people read them in a line of a terminal. */
const namesShown = 4;
const longestName = 64;

function namesOf(certificate: Certificate): string {
  const names = hostNames(certificate);
  if (names.length === 0) return 'it has none';
  const shown = names.slice(0, namesShown).map((name) => name.slice(0, longestName).replace(/[^ -~]/g, '?'));
  const more = names.length - shown.length;
  return `it has ${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

/**
 * The CAs that the devices of a fleet trust. Verifying a chain costs several public-key operations and a fleet sees the same
 * one at every connection, so that verdicts are kept, with the exact bytes of the chain and the host name.
 */
export class TrustStore {
  readonly #anchors: readonly Certificate[];
  readonly #rules: CertificateRules;
  readonly #verdicts: Verdict[] = [];

  /** `anchors`: PEM text of one or more certificates, or DER of one, each. Throws EmuError for malformed ones. */
  constructor(anchors: readonly (string | Uint8Array)[], rules: CertificateRules) {
    this.#anchors = anchors.flatMap((anchor) =>
      (typeof anchor === 'string' ? certificatesFromPem(anchor) : [anchor]).map(parseCertificate),
    );
    if (this.#anchors.length === 0) {
      throw new EmuError('EMU_E_TLS_NO_AUTHORITY', 'a trust store needs at least one CA certificate', {
        hint: 'with none, every server would be refused',
      });
    }
    this.#rules = rules;
  }

  /**
   * The key of the server whose chain this is. `unixTime` is asked only where the rules check dates. Throws Refused.
   */
  verify(chain: readonly Uint8Array[], host: string, unixTime: () => number): PublicKey {
    let verdict = this.#verdicts.find((known) => known.host === host && isSameChain(known.chain, chain));
    if (verdict === undefined) {
      // The bytes are views into a record; the verdict must not hold on to it.
      const kept = chain.map((der) => new Uint8Array(der));
      verdict = { host, chain: kept, ...this.#judge(kept, host) };
      if (this.#verdicts.length >= verdictsKept) this.#verdicts.length = 0;
      this.#verdicts.push(verdict);
    }
    const refused = this.#rules.checkDates ? this.#refusalAt(verdict, host, unixTime()) : verdict.refused;
    if (refused !== undefined || verdict.leaf === undefined) throw refused;
    return verdict.leaf.publicKey;
  }

  #judge(chain: readonly Uint8Array[], host: string): Omit<Verdict, 'host' | 'chain'> {
    let parsed: readonly Certificate[];
    try {
      parsed = chain.map(parseCertificate);
    } catch (cause) {
      const refused = new Refused(
        'malformed_certificate',
        `${(cause as EmuError).message} (sent by the server)`,
        cause,
      );
      return { refused, problems: new Set(), leaf: undefined, notBefore: 0, notAfter: 0 };
    }
    const { problems, notBefore, notAfter } = verifyServerChain(parsed, this.#anchors, host, this.#rules);
    const [leaf] = parsed;
    return { refused: this.#refusal(problems, host, leaf), problems, leaf, notBefore, notAfter };
  }

  #refusalAt(verdict: Verdict, host: string, now: number): Refused | undefined {
    if (verdict.leaf === undefined || (now >= verdict.notBefore && now <= verdict.notAfter)) return verdict.refused;
    const dated = now > verdict.notAfter ? 'certificate_expired' : 'certificate_not_yet_valid';
    return this.#refusal(new Set([...verdict.problems, dated] as const), host, verdict.leaf);
  }

  /** One refusal for all problems: the code and the alert are those of the first by the rules' priority. */
  #refusal(
    problems: ReadonlySet<CertificateProblem>,
    host: string,
    leaf: Certificate | undefined,
  ): Refused | undefined {
    const rank = (problem: CertificateProblem) => this.#rules.priority.indexOf(problem) + 1 || Number.POSITIVE_INFINITY;
    const found = [...problems].sort((a, b) => rank(a) - rank(b));
    const [first] = found;
    if (first === undefined) return undefined;
    const worded = (problem: CertificateProblem) =>
      problem === 'name_mismatch' && leaf ? `${explanations[problem]} (${namesOf(leaf)})` : explanations[problem];
    const reasons = found.map(worded).join(', and ');
    return new Refused(first, `the certificate of ${host} is refused: ${reasons}`);
  }
}

function isSameChain(left: readonly Uint8Array[], right: readonly Uint8Array[]): boolean {
  return left.length === right.length && left.every((der, k) => Buffer.compare(der, right[k] as Uint8Array) === 0);
}

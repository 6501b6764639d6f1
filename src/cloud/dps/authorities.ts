import type { X509Certificate } from 'node:crypto';
import { authorityOf, commonNameOf, isIssuedBy, isValidAt, readCertificate } from '../certificates/index.ts';
import { PortalRefusal } from '../refusal.ts';
import type { State, Table } from '../state/index.ts';
import type { Surroundings } from '../surroundings.ts';

/** A CA that was uploaded, as it is kept. */
export interface Authority {
  readonly name: string;
  readonly certificatePem: string;
  /** One that is not verified lets nobody in. */
  readonly verified: boolean;
  /** What the CN of the certificate that proves possession must be. */
  readonly verificationCode?: string;
  readonly createdDateTimeUtc: string;
}

const CODE_BYTES = 24;

/** The uploaded CAs, which the DPS and all hubs share. */
export class Authorities {
  readonly #table: Table<Authority>;
  readonly #surroundings: Surroundings;
  /** The certificates of those that are verified, by name. */
  readonly #verified = new Map<string, { readonly name: string; readonly certificate: X509Certificate }>();

  constructor(state: State, surroundings: Surroundings) {
    this.#table = state.table('authority');
    this.#surroundings = surroundings;
    for (const authority of this.#table.values()) this.#use(authority);
  }

  list(): Authority[] {
    return [...this.#table.values()];
  }

  get(name: string): Authority {
    const authority = this.#table.get(name);
    if (authority === undefined) throw new PortalRefusal(404, `there is no certificate ${name}`);
    return authority;
  }

  /** The one that has this certificate. */
  withCertificate(certificatePem: string): Authority | undefined {
    const fingerprint = readCertificate(certificatePem)?.fingerprint256;
    return this.list().find((each) => readCertificate(each.certificatePem)?.fingerprint256 === fingerprint);
  }

  upload(name: string, certificatePem: string, verified: boolean): Authority {
    const certificate = readCertificate(certificatePem);
    if (certificate === undefined) throw new PortalRefusal(400, 'this is not a certificate in PEM');
    if (!certificate.ca) throw new PortalRefusal(400, 'this is not the certificate of a CA');
    if (this.#table.get(name) !== undefined) throw new PortalRefusal(409, `there is a certificate ${name} already`);
    const createdDateTimeUtc = this.#surroundings.date().toISOString();
    const code = verified ? {} : { verificationCode: this.#newCode() };
    return this.#keep({ name, certificatePem: certificate.toString(), verified, ...code, createdDateTimeUtc });
  }

  /** Takes the proof that the key of a CA is at hand: a certificate that it issued, whose CN is the code. */
  verify(name: string, proofPem: string): Authority {
    const { verificationCode, ...authority } = this.get(name);
    const [certificate, proof] = [readCertificate(authority.certificatePem), readCertificate(proofPem)];
    if (proof === undefined || certificate === undefined)
      throw new PortalRefusal(400, 'this is not a certificate in PEM');
    if (verificationCode === undefined) throw new PortalRefusal(409, `${name} is verified already`);
    if (commonNameOf(proof) !== verificationCode) {
      throw new PortalRefusal(400, `the CN of the certificate must be ${verificationCode}`);
    }
    const isProof = isIssuedBy(proof, certificate) && isValidAt(proof, this.#surroundings.date());
    if (!isProof) throw new PortalRefusal(400, `the certificate is not issued by ${name}, or not valid now`);
    return this.#keep({ ...authority, verified: true });
  }

  remove(name: string): void {
    this.get(name);
    this.#table.remove(name);
    this.#verified.delete(name);
  }

  /** The name of the verified CA that a client's chain leads to, of `among` where that is given. */
  ofChain(chain: readonly X509Certificate[], among?: ReadonlySet<string>): string | undefined {
    const fit = [...this.#verified.values()].filter(({ name }) => among === undefined || among.has(name));
    return authorityOf(chain, fit, this.#surroundings.date())?.name;
  }

  #keep(authority: Authority): Authority {
    this.#table.put(authority.name, authority);
    this.#use(authority);
    return authority;
  }

  #use({ name, verified, certificatePem }: Authority): void {
    const certificate = readCertificate(certificatePem);
    if (verified && certificate !== undefined) this.#verified.set(name, { name, certificate });
  }

  #newCode(): string {
    return Buffer.from(this.#surroundings.rng.bytes(CODE_BYTES)).toString('hex').toUpperCase();
  }
}

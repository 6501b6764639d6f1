import type { Rng } from '../../emulator/rng/index.ts';
import type { Issuer } from './ca.ts';
import { issueDate } from './dates.ts';
import { type LeafCertificate, leafCertificate } from './leaf-certificate.ts';
import { certificatePem } from './pem.ts';

export interface ClientCertificateOptions {
  /** The fleet's signer: a broker that trusts it for devices trusts it for this client. */
  readonly signer: Issuer;
  readonly organization: string;
  readonly commonName: string;
  readonly now: Date;
  readonly rng: Rng;
}

/** A certificate for a client beside the fleet's devices, followed by the signer's. */
export function clientCertificate(options: ClientCertificateOptions): LeafCertificate {
  const { signer, organization, commonName, now, rng } = options;
  const leaf = leafCertificate({
    issuer: signer,
    issuedAt: issueDate(now),
    organization,
    commonName,
    purpose: 'client',
    rng: rng.fork('pki', 'client', commonName),
  });
  return { ...leaf, certificatePem: leaf.certificatePem + certificatePem(signer.der) };
}

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { certificatesFromPem } from '../../emulator/crypto/index.ts';
import { EmuError } from '../../emulator/errors.ts';
import type { Ca } from './ca.ts';
import { certifiedKey, isKeyOf, issuerOf } from './certified-key.ts';
import { certificatePem } from './pem.ts';

/** A `Ca` as text: certificates in PEM, keys in PKCS #8, the date in ISO 8601. */
export interface CaDocument {
  readonly organization: string;
  readonly issued: string;
  readonly deviceYears?: number | undefined;
  readonly anchors: readonly string[];
  readonly signer: string;
  /** Missing where the signer alone was brought. */
  readonly rootKey?: string | undefined;
  readonly signerKey: string;
}

export function caDocument({ organization, issuedAt, deviceYears, anchors, root, signer }: Ca): CaDocument {
  const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    organization,
    issued: issuedAt.toISOString(),
    ...(deviceYears !== undefined && { deviceYears }),
    anchors: anchors.map(certificatePem),
    signer: certificatePem(signer.der),
    ...(root.privateKey && { rootKey: pem(root.privateKey) }),
    signerKey: pem(signer.privateKey),
  };
}

/** Throws what certificates or keys that cannot be read throw. */
export function caFrom(document: CaDocument): Ca {
  const { organization, issued, deviceYears, signer, rootKey, signerKey } = document;
  const anchors = anchorsOf(document);
  return {
    root: { ...certifiedKey(anchors[0]), ...(rootKey !== undefined && { privateKey: createPrivateKey(rootKey) }) },
    signer: issuerOf(derOf(signer), createPrivateKey(signerKey)),
    anchors,
    issuedAt: new Date(issued),
    organization,
    ...(deviceYears !== undefined && { deviceYears }),
  };
}

/** @throws EmuError EMU_E_CA_KEY_MISMATCH when a private key is not that of its certificate */
export function requireOwnKeys({ root, signer }: Ca): void {
  for (const { der, privateKey } of [signer, root]) {
    if (privateKey === undefined || isKeyOf(privateKey, new X509Certificate(der).publicKey)) continue;
    throw new EmuError('EMU_E_CA_KEY_MISMATCH', 'a private key does not belong to the certificate of its CA');
  }
}

/** What a broker has to trust, DER. @throws EmuError EMU_E_PEM_EMPTY */
export function anchorsOf({ anchors }: Pick<CaDocument, 'anchors'>): Ca['anchors'] {
  const [root = '', ...above] = anchors;
  return [derOf(root), ...above.map(derOf)];
}

/** The first certificate of a text. @throws EmuError EMU_E_PEM_EMPTY */
export function derOf(pem: string): Uint8Array {
  return certificatesFromPem(pem)[0];
}

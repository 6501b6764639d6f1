import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { Certificate } from 'pkijs';
import { certificatesFromPem, pemOf } from '../../emulator/crypto/index.ts';
import { EmuError } from '../../emulator/errors.ts';

/** A certificate's DER in PEM (RFC 7468). */
export function certificatePem(der: Uint8Array): string {
  return pemOf('CERTIFICATE', der);
}

/** The certificates of a file, in their order. @throws EmuError EMU_E_CA_CERTIFICATE */
export function readCertificates(pem: string): [first: X509Certificate, ...others: X509Certificate[]] {
  try {
    const [first, ...others] = certificatesFromPem(pem);
    return [whole(first), ...others.map(whole)];
  } catch (cause) {
    throw unreadableCertificate(cause);
  }
}

export function unreadableCertificate(cause: unknown): EmuError {
  return new EmuError('EMU_E_CA_CERTIFICATE', 'the certificate of the CA cannot be read', {
    cause,
    hint: 'Give an X.509 certificate in PEM (-----BEGIN CERTIFICATE-----).',
  });
}

/** OpenSSL looks at the key when it is asked for, pkijs at the rest. */
function whole(der: Uint8Array): X509Certificate {
  const x509 = new X509Certificate(der);
  if (x509.publicKey.type !== 'public') throw new Error('no public key');
  Certificate.fromBER(x509.raw);
  return x509;
}

/** Whether it says that it signed itself, and did not: bytes of it have changed. */
export function isDamaged(x509: X509Certificate): boolean {
  return x509.checkIssued(x509) && !x509.verify(x509.publicKey);
}

/** The way from `first` up to a certificate that signed itself; `others` that are not on it do not matter. @throws EmuError EMU_E_CA_CHAIN */
export function chainAbove(first: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
  const chain = [first];
  for (let last = first; !hasSignedItself(last); ) {
    const issuer = others.find((other) => !chain.includes(other) && isIssuedBy(last, other));
    if (issuer === undefined && isDamaged(last)) {
      throw new EmuError('EMU_E_CA_CERTIFICATE', 'the certificate of the CA is damaged: its own signature is wrong', {
        value: last.subject,
        hint: 'Take the file from where the certificate was issued again.',
      });
    }
    if (issuer === undefined) {
      throw new EmuError('EMU_E_CA_CHAIN', 'the file of the CA does not lead to a root', {
        value: last.issuer,
        hint: `Put the certificate of "${last.issuer.replaceAll('\n', ', ')}" into the file, after those it issued.`,
      });
    }
    chain.push(issuer);
    last = issuer;
  }
  return chain.slice(1);
}

function hasSignedItself(x509: X509Certificate): boolean {
  return x509.subject === x509.issuer && x509.verify(x509.publicKey);
}

function isIssuedBy(child: X509Certificate, parent: X509Certificate): boolean {
  return child.checkIssued(parent) && child.verify(parent.publicKey);
}

/** @throws EmuError EMU_E_CA_KEY */
export function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new EmuError('EMU_E_CA_KEY', 'the key of the CA cannot be read', {
      cause,
      hint: 'Give a private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----).',
    });
  }
}

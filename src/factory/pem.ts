import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { certificatesFromPem } from '../../emulator/crypto/index.ts';
import { EmuError } from '../../emulator/errors.ts';

/** A certificate's DER in PEM (RFC 7468). */
export function certificatePem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/**
 * The first certificate of a file, and the way from it to one that signed itself; others in the file do not matter.
 * @throws EmuError EMU_E_CA_CERTIFICATE, EMU_E_CA_CHAIN
 */
export function readChain(pem: string): [first: X509Certificate, ...above: X509Certificate[]] {
  const [first, ...others] = readCertificates(pem);
  const chain: [X509Certificate, ...X509Certificate[]] = [first];
  for (let last = first; !hasSignedItself(last); ) {
    const issuer = others.find((other) => !chain.includes(other) && isIssuedBy(last, other));
    if (issuer === undefined) {
      throw new EmuError('EMU_E_CA_CHAIN', 'the file of the CA does not lead to a root', {
        value: last.issuer,
        hint: `put the certificate of "${last.issuer.replaceAll('\n', ', ')}" into the file, after those it issued`,
      });
    }
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

function hasSignedItself(x509: X509Certificate): boolean {
  return x509.subject === x509.issuer && x509.verify(x509.publicKey);
}

function isIssuedBy(child: X509Certificate, parent: X509Certificate): boolean {
  return child.checkIssued(parent) && child.verify(parent.publicKey);
}

function readCertificates(pem: string): [X509Certificate, ...X509Certificate[]] {
  try {
    const [first, ...others] = certificatesFromPem(pem);
    return [new X509Certificate(first), ...others.map((der) => new X509Certificate(der))];
  } catch (cause) {
    throw new EmuError('EMU_E_CA_CERTIFICATE', 'the certificate of the CA cannot be read', {
      cause,
      hint: 'give an X.509 certificate in PEM (-----BEGIN CERTIFICATE-----)',
    });
  }
}

/** @throws EmuError EMU_E_CA_KEY */
export function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new EmuError('EMU_E_CA_KEY', 'the key of the CA cannot be read', {
      cause,
      hint: 'give a private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----)',
    });
  }
}

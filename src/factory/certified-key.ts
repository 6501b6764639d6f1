import { type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import type { CertifiedKey, Issuer } from './ca.ts';

/** A certificate on P-256 and the key in it, X||Y: the end of its SubjectPublicKeyInfo. */
export function certifiedKey(der: Uint8Array): CertifiedKey {
  const { publicKey } = new X509Certificate(der);
  return { der, publicKey: Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }).subarray(-64)) };
}

/** A certificate and its private key, as they were stored. */
export function issuerOf(der: Uint8Array, privateKey: KeyObject): Issuer {
  return { ...certifiedKey(der), privateKey };
}

/**
 * Whether a private key is that of a public one. A signature tells it: the text of a private key holds the public half beside
 * the private one, and node:crypto does not compare the two.
 */
export function isKeyOf(privateKey: KeyObject, publicKey: KeyObject): boolean {
  const text = Buffer.from('whose key is this?');
  try {
    return verify('sha256', text, publicKey, sign('sha256', text, privateKey));
  } catch {
    return false; // keys of two kinds, or one that cannot sign
  }
}

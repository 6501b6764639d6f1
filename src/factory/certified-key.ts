import { type KeyObject, X509Certificate } from 'node:crypto';
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

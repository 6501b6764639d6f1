import { ByteReader, lengthOf, uint, vector } from '../bytes.ts';
import { handshakeMessage } from '../handshake-reader.ts';
import { ecdsaSha256, ecdsaSign, handshakeType } from '../numbers.ts';

/** The DER certificates of a Certificate message, the sender's own first (RFC 5246 7.4.2). */
export function readCertificates(body: Uint8Array): readonly Uint8Array[] {
  const reader = new ByteReader(body, 'Certificate');
  const list = new ByteReader(reader.vector(3), 'Certificate');
  reader.end();
  const certificates: Uint8Array[] = [];
  while (!list.atEnd) certificates.push(list.vector(3));
  if (certificates.length === 0) throw reader.malformed('has no certificate');
  return certificates;
}

export function certificateMessage(certificates: readonly Uint8Array[]): Uint8Array {
  const list = certificates.flatMap((certificate) => [uint(certificate.length, 3), certificate]);
  return handshakeMessage(handshakeType.certificate, uint(lengthOf(list), 3), ...list);
}

/** Whether a CertificateRequest has a place for an ECDSA P-256 key that signs SHA-256 (RFC 5246 7.4.4). */
export function readCertificateRequest(body: Uint8Array): boolean {
  const reader = new ByteReader(body, 'CertificateRequest');
  const types = reader.vector(1);
  const algorithms = new ByteReader(reader.vector(2), 'CertificateRequest');
  const authorities = new ByteReader(reader.vector(2), 'CertificateRequest');
  reader.end();
  while (!authorities.atEnd) authorities.vector(2);
  let takesSha256 = false;
  while (!algorithms.atEnd) takesSha256 = algorithms.uint16() === ecdsaSha256 || takesSha256;
  return types.includes(ecdsaSign) && takesSha256;
}

/** CertificateVerify with an ECDSA signature in DER (RFC 5246 7.4.8). */
export function certificateVerify(signature: Uint8Array): Uint8Array {
  return handshakeMessage(handshakeType.certificateVerify, uint(ecdsaSha256, 2), vector(2, signature));
}

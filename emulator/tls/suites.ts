import type { PrfDigest, SignatureKind } from '../crypto/index.ts';

/** A suite that both ends of this implementation can complete: ECDHE with AES-128-GCM (RFC 5289). */
export interface CipherSuite {
  readonly id: number;
  /** IANA's name. */
  readonly name: string;
  /** The kind of key in the server's certificate. */
  readonly authentication: SignatureKind;
  readonly hash: PrfDigest;
}

export const cipherSuites: readonly CipherSuite[] = [
  { id: 0xc02b, name: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', authentication: 'ecdsa', hash: 'sha256' },
  { id: 0xc02f, name: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', authentication: 'rsa', hash: 'sha256' },
];

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 3.3). */
export const emptyRenegotiationInfo = 0x00ff;

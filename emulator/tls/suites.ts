import type { SignatureKind } from '../crypto/index.ts';

/** A suite that both ends of this implementation can complete: ECDHE with AES-128-GCM and SHA-256 (RFC 5289). */
export interface CipherSuite {
  readonly id: number;
  /** IANA's name. */
  readonly name: string;
  /** The kind of key in the server's certificate. */
  readonly authentication: SignatureKind;
}

export const cipherSuites: readonly CipherSuite[] = [
  { id: 0xc02b, name: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', authentication: 'ecdsa' },
  { id: 0xc02f, name: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', authentication: 'rsa' },
];

/** TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 3.3). */
export const emptyRenegotiationInfo = 0x00ff;

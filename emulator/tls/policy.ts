import type { CertificateRules } from '../crypto/index.ts';
import { type AlertName, alertNumbers } from './alerts.ts';
import { type HandshakeState, type Refusal, refusals } from './refusals.ts';

/** A departure from the RFCs that an implementation's peer may get away with. */
export type Tolerance =
  /** Extensions in the ServerHello that were not offered, or come twice, are skipped. */
  | 'unsolicited_extensions'
  /** An encrypt_then_mac answer to an AEAD suite has no effect (RFC 7366 3 forbids it). */
  | 'encrypt_then_mac_with_aead'
  /** A CertificateRequest that has no place for our kind of key or digest is answered as if it had. */
  | 'certificate_request_contents'
  /** Records may carry any minor version up to the one negotiated. */
  | 'record_minor_version';

/** Extensions that a client can offer; `renegotiation_info` is offered as a signalling suite. */
export type OfferedExtension =
  | 'server_name'
  | 'signature_algorithms'
  | 'supported_groups'
  | 'ec_point_formats'
  | 'encrypt_then_mac'
  | 'extended_master_secret'
  | 'session_ticket';

/** How one TLS implementation, in one configuration, speaks and refuses. Plain data, shared by all devices. */
export interface TlsPolicy {
  readonly name: string;
  /** Suite numbers in the order offered; each one of `cipherSuites`. */
  readonly suites: readonly number[];
  /** SignatureAndHashAlgorithm numbers in the order offered. */
  readonly signatureAlgorithms: readonly number[];
  /** NamedCurve numbers in the order offered. */
  readonly groups: readonly number[];
  readonly extensions: readonly OfferedExtension[];
  /** Whether TLS_EMPTY_RENEGOTIATION_INFO_SCSV ends the list of suites (RFC 5746 3.3). */
  readonly renegotiationScsv: boolean;
  /** Whether server_name carries IP literals too, which RFC 6066 3 forbids. */
  readonly serverNameForAddresses: boolean;
  /** The largest plaintext of a record, both ways, in bytes. */
  readonly maxPlaintext: number;
  /** Whether a handshake message may be spread over records. */
  readonly reassemblesHandshake: boolean;
  /** Whether a HelloRequest during the handshake is skipped (RFC 5246 7.4.1.1) or refused as unexpected. */
  readonly skipsHelloRequest: boolean;
  readonly certificates: CertificateRules;
  readonly tolerates: readonly Tolerance[];
  /** Where the alert is not the one of `refusals`; `none` closes without an alert. A row with a state wins. */
  readonly alerts: { readonly [refusal in Refusal | `${Refusal}@${HandshakeState}`]?: AlertName | 'none' };
}

/** The number of the alert that `policy` answers a refusal with, or undefined when it closes without one. */
export function alertFor(policy: TlsPolicy, refusal: Refusal, state: HandshakeState): number | undefined {
  const name = policy.alerts[`${refusal}@${state}`] ?? policy.alerts[refusal] ?? refusals[refusal].alert;
  return name === 'none' ? undefined : alertNumbers[name];
}

import { expect, it } from 'vitest';
import { alertNumbers } from '../../../emulator/tls/alerts.ts';
import { alertFor } from '../../../emulator/tls/policy.ts';
import { type HandshakeState, handshakeStates, type Refusal, refusals } from '../../../emulator/tls/refusals.ts';
import { mbedtls, strict } from '../../support/tls-client.ts';

/** The refusal, its code without EMU_E_TLS_, the alert of the RFCs, and that of mbedTLS where it is another. */
const rows: Readonly<Record<Refusal, readonly [code: string, rfc: string, firmware?: string]>> = {
  unknown_record_type: ['BAD_RECORD', 'unexpected_message'], // RFC 5246 6
  record_version: ['BAD_RECORD', 'protocol_version', 'none'], // ssl_parse_record_header
  malformed_record: ['BAD_RECORD', 'decode_error', 'none'],
  record_overflow: ['RECORD_OVERFLOW', 'record_overflow', 'none'], // RFC 5246 7.2.2
  bad_record_mac: ['BAD_RECORD_MAC', 'bad_record_mac'],
  unexpected_record: ['UNEXPECTED_MESSAGE', 'unexpected_message'],
  unexpected_message: ['UNEXPECTED_MESSAGE', 'unexpected_message'],
  malformed_message: ['MALFORMED_MESSAGE', 'decode_error'],
  fragmented_message: ['FRAGMENTED_MESSAGE', 'unexpected_message', 'none'], // mbedtls_ssl_prepare_handshake_record
  message_too_long: ['MALFORMED_MESSAGE', 'illegal_parameter'],
  protocol_version: ['PROTOCOL_VERSION', 'protocol_version'],
  suite_not_offered: ['SUITE_NOT_OFFERED', 'illegal_parameter'],
  compression: ['COMPRESSION', 'illegal_parameter'],
  unsolicited_extension: ['UNSOLICITED_EXTENSION', 'unsupported_extension'], // RFC 5246 7.4.1.4
  duplicate_extension: ['BAD_EXTENSION', 'decode_error'],
  bad_extension: ['BAD_EXTENSION', 'decode_error', 'handshake_failure'], // ssl_parse_extended_ms_ext
  encrypt_then_mac_with_aead: ['BAD_EXTENSION', 'illegal_parameter'],
  point_formats: ['BAD_EXTENSION', 'illegal_parameter', 'handshake_failure'], // RFC 8422 5.1
  renegotiation_info: ['RENEGOTIATION_INFO', 'handshake_failure'], // RFC 5746 3.4
  malformed_certificate: ['BAD_CERTIFICATE', 'bad_certificate'],
  // From here to weak_digest: mbedtls_ssl_parse_certificate.
  chain_too_long: ['CHAIN_TOO_LONG', 'bad_certificate', 'access_denied'],
  name_mismatch: ['NAME_MISMATCH', 'bad_certificate'],
  key_usage: ['CERTIFICATE_USAGE', 'unsupported_certificate'],
  extended_key_usage: ['CERTIFICATE_USAGE', 'unsupported_certificate'],
  unacceptable_key: ['CERTIFICATE_KEY', 'unsupported_certificate'],
  certificate_expired: ['CERTIFICATE_EXPIRED', 'certificate_expired'],
  certificate_not_yet_valid: ['CERTIFICATE_NOT_YET_VALID', 'certificate_expired', 'certificate_unknown'],
  unknown_ca: ['UNKNOWN_CA', 'unknown_ca'],
  ca_signature: ['CA_SIGNATURE', 'unknown_ca'],
  weak_digest: ['WEAK_DIGEST', 'bad_certificate', 'certificate_unknown'],
  key_type_mismatch: ['CERTIFICATE_KEY', 'illegal_parameter', 'handshake_failure'], // ssl_parse_server_key_exchange
  bad_ecdh_parameters: ['BAD_ECDH_PARAMETERS', 'illegal_parameter'],
  bad_point: ['BAD_ECDH_PARAMETERS', 'illegal_parameter', 'none'], // ssl_write_client_key_exchange
  signature_algorithm: ['SIGNATURE_ALGORITHM', 'illegal_parameter'],
  bad_signature: ['BAD_SIGNATURE', 'decrypt_error'],
  bad_finished: ['BAD_FINISHED', 'decrypt_error', 'decode_error'], // mbedtls_ssl_parse_finished
  key_operation: ['KEY_OPERATION', 'internal_error', 'none'],
};

/** Where the state decides about mbedTLS's alert. */
const byState: { readonly [refusal in Refusal]?: { readonly [state in HandshakeState]?: string } } = {
  unexpected_message: {
    server_hello: 'decode_error', // ssl_parse_server_hello
    certificate: 'decode_error', // ssl_parse_certificate_chain
    certificate_request: 'decode_error', // ssl_parse_server_hello_done
    server_hello_done: 'decode_error',
    new_session_ticket: 'decode_error', // ssl_parse_new_session_ticket
    finished: 'decode_error', // mbedtls_ssl_parse_finished
    established: 'none', // mbedtls_ssl_read
  },
  unexpected_record: { server_hello_done: 'none', established: 'none' },
};

// What a client waits for in the order of RFC 5246 7.3, with the ticket of RFC 5077 3.3.
it('a client has these states', () => {
  expect(handshakeStates).toEqual([
    'idle',
    'server_hello',
    'certificate',
    'server_key_exchange',
    'certificate_request',
    'server_hello_done',
    'client_key_exchange',
    'new_session_ticket',
    'change_cipher_spec',
    'finished',
    'established',
    'closed',
  ]);
});

it('every refusal has its code, and its alert in every state', () => {
  expect(Object.keys(refusals).sort()).toEqual(Object.keys(rows).sort());
  for (const [name, [code, rfc, firmware = rfc]] of Object.entries(rows)) {
    const refusal = name as Refusal;
    expect(refusals[refusal].code).toBe(`EMU_E_TLS_${code}`);
    for (const state of handshakeStates) {
      const names = new Map<number, string>(Object.entries(alertNumbers).map(([alert, number]) => [number, alert]));
      const told = [strict, mbedtls].map((policy) => {
        const number = alertFor(policy, refusal, state);
        return number === undefined ? 'none' : names.get(number);
      });
      expect([refusal, state, ...told]).toEqual([refusal, state, rfc, byState[refusal]?.[state] ?? firmware]);
    }
  }
});

// mbedtls_x509_crt_profile_default: SHA-2 of every length, RSA from 2048 bits on; x509_crt.h: eight intermediates.
it('certificates are judged by the same limits', () => {
  for (const { certificates } of [strict, mbedtls]) {
    expect([...certificates.hashes].sort()).toEqual(['sha224', 'sha256', 'sha384', 'sha512']);
    expect([certificates.minimumRsaBits, certificates.maxIntermediates]).toEqual([2048, 8]);
    expect(certificates.curves).toEqual(['prime256v1']);
  }
});

import type { AlertName } from './alerts.ts';

/**
 * The states of a client, each named after what it waits for; `client_key_exchange` is the time in which the key
 * operations run. `certificate_request` also takes the ServerHelloDone of a server that asks for no certificate.
 */
export const handshakeStates = [
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
] as const;

export type HandshakeState = (typeof handshakeStates)[number];

interface RefusalRow {
  readonly code: `EMU_E_TLS_${string}`;
  /** The alert that the RFCs ask for, or the nearest one where they name none. */
  readonly alert: AlertName;
}

/** Everything a client may refuse, under a stable code; a policy may answer with another alert or with none. */
export const refusals = {
  unknown_record_type: { code: 'EMU_E_TLS_BAD_RECORD', alert: 'unexpected_message' },
  record_version: { code: 'EMU_E_TLS_BAD_RECORD', alert: 'protocol_version' },
  malformed_record: { code: 'EMU_E_TLS_BAD_RECORD', alert: 'decode_error' },
  record_overflow: { code: 'EMU_E_TLS_RECORD_OVERFLOW', alert: 'record_overflow' },
  bad_record_mac: { code: 'EMU_E_TLS_BAD_RECORD_MAC', alert: 'bad_record_mac' },
  unexpected_record: { code: 'EMU_E_TLS_UNEXPECTED_MESSAGE', alert: 'unexpected_message' },
  unexpected_message: { code: 'EMU_E_TLS_UNEXPECTED_MESSAGE', alert: 'unexpected_message' },
  malformed_message: { code: 'EMU_E_TLS_MALFORMED_MESSAGE', alert: 'decode_error' },
  fragmented_message: { code: 'EMU_E_TLS_FRAGMENTED_MESSAGE', alert: 'unexpected_message' },
  message_too_long: { code: 'EMU_E_TLS_MALFORMED_MESSAGE', alert: 'illegal_parameter' },
  protocol_version: { code: 'EMU_E_TLS_PROTOCOL_VERSION', alert: 'protocol_version' },
  suite_not_offered: { code: 'EMU_E_TLS_SUITE_NOT_OFFERED', alert: 'illegal_parameter' },
  compression: { code: 'EMU_E_TLS_COMPRESSION', alert: 'illegal_parameter' },
  unsolicited_extension: { code: 'EMU_E_TLS_UNSOLICITED_EXTENSION', alert: 'unsupported_extension' },
  duplicate_extension: { code: 'EMU_E_TLS_BAD_EXTENSION', alert: 'decode_error' },
  bad_extension: { code: 'EMU_E_TLS_BAD_EXTENSION', alert: 'decode_error' },
  encrypt_then_mac_with_aead: { code: 'EMU_E_TLS_BAD_EXTENSION', alert: 'illegal_parameter' },
  point_formats: { code: 'EMU_E_TLS_BAD_EXTENSION', alert: 'illegal_parameter' },
  renegotiation_info: { code: 'EMU_E_TLS_RENEGOTIATION_INFO', alert: 'handshake_failure' },
  malformed_certificate: { code: 'EMU_E_TLS_BAD_CERTIFICATE', alert: 'bad_certificate' },
  chain_too_long: { code: 'EMU_E_TLS_CHAIN_TOO_LONG', alert: 'bad_certificate' },
  name_mismatch: { code: 'EMU_E_TLS_NAME_MISMATCH', alert: 'bad_certificate' },
  key_usage: { code: 'EMU_E_TLS_CERTIFICATE_USAGE', alert: 'unsupported_certificate' },
  extended_key_usage: { code: 'EMU_E_TLS_CERTIFICATE_USAGE', alert: 'unsupported_certificate' },
  unacceptable_key: { code: 'EMU_E_TLS_CERTIFICATE_KEY', alert: 'unsupported_certificate' },
  certificate_expired: { code: 'EMU_E_TLS_CERTIFICATE_EXPIRED', alert: 'certificate_expired' },
  certificate_not_yet_valid: { code: 'EMU_E_TLS_CERTIFICATE_NOT_YET_VALID', alert: 'certificate_expired' },
  unknown_ca: { code: 'EMU_E_TLS_UNKNOWN_CA', alert: 'unknown_ca' },
  ca_signature: { code: 'EMU_E_TLS_CA_SIGNATURE', alert: 'unknown_ca' },
  weak_digest: { code: 'EMU_E_TLS_WEAK_DIGEST', alert: 'bad_certificate' },
  key_type_mismatch: { code: 'EMU_E_TLS_CERTIFICATE_KEY', alert: 'illegal_parameter' },
  bad_ecdh_parameters: { code: 'EMU_E_TLS_BAD_ECDH_PARAMETERS', alert: 'illegal_parameter' },
  bad_point: { code: 'EMU_E_TLS_BAD_ECDH_PARAMETERS', alert: 'illegal_parameter' },
  signature_algorithm: { code: 'EMU_E_TLS_SIGNATURE_ALGORITHM', alert: 'illegal_parameter' },
  bad_signature: { code: 'EMU_E_TLS_BAD_SIGNATURE', alert: 'decrypt_error' },
  bad_finished: { code: 'EMU_E_TLS_BAD_FINISHED', alert: 'decrypt_error' },
  key_operation: { code: 'EMU_E_TLS_KEY_OPERATION', alert: 'internal_error' },
} as const satisfies Record<string, RefusalRow>;

export type Refusal = keyof typeof refusals;

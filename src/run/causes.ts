import type { DeviceFailure } from '../../emulator/device/index.ts';

/** What a failure's code means, in the words of a broker engineer; the device's own sentence is the example beside it. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host name not found (ENOTFOUND)',
  EAI_AGAIN: 'host name not resolved (EAI_AGAIN)',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  EMFILE: 'no file descriptors left (EMFILE)',
  EADDRNOTAVAIL: 'no local ports left (EADDRNOTAVAIL)',
  TIMEOUT: 'timed out',
  CLOSE_NOTIFY: 'closed by the broker (close_notify)',
  EMU_E_TLS_TRUNCATED: 'connection cut without close_notify',

  EMU_E_TLS_BAD_RECORD: 'not TLS, or a malformed record',
  EMU_E_TLS_RECORD_OVERFLOW: 'a record longer than the device takes',
  EMU_E_TLS_BAD_RECORD_MAC: 'a record that does not decrypt (bad_record_mac)',
  EMU_E_TLS_UNEXPECTED_MESSAGE: 'a message out of place',
  EMU_E_TLS_MALFORMED_MESSAGE: 'a malformed handshake message',
  EMU_E_TLS_FRAGMENTED_MESSAGE: 'a handshake message spread over records, which the device does not take',
  EMU_E_TLS_PROTOCOL_VERSION: 'the broker does not speak TLS 1.2',
  EMU_E_TLS_SUITE_NOT_OFFERED: 'the broker chose a cipher suite that the device had not offered',
  EMU_E_TLS_COMPRESSION: 'the broker chose compression',
  EMU_E_TLS_UNSOLICITED_EXTENSION: 'the broker answered an extension that the device had not sent',
  EMU_E_TLS_BAD_EXTENSION: "a wrong extension in the broker's ServerHello",
  EMU_E_TLS_RENEGOTIATION_INFO: "wrong renegotiation_info in the broker's ServerHello",
  EMU_E_TLS_BAD_CERTIFICATE: "the broker's certificate is malformed",
  EMU_E_TLS_CHAIN_TOO_LONG: "the broker's chain is longer than the device takes",
  EMU_E_TLS_NAME_MISMATCH: "the broker's certificate is for another name",
  EMU_E_TLS_CERTIFICATE_USAGE: "the broker's certificate is not for a server",
  EMU_E_TLS_CERTIFICATE_KEY: "a key in the broker's chain is of a kind the device does not take",
  EMU_E_TLS_CERTIFICATE_EXPIRED: "a certificate in the broker's chain has expired",
  EMU_E_TLS_CERTIFICATE_NOT_YET_VALID: "a certificate in the broker's chain is not valid yet",
  EMU_E_TLS_UNKNOWN_CA: "the broker's certificate leads to no trusted CA",
  EMU_E_TLS_CA_SIGNATURE: "the broker's certificate names a trusted CA that did not sign it",
  EMU_E_TLS_WEAK_DIGEST: "a certificate in the broker's chain has a digest the device does not take",
  EMU_E_TLS_BAD_ECDH_PARAMETERS: 'a wrong curve or point in ServerKeyExchange',
  EMU_E_TLS_SIGNATURE_ALGORITHM: 'ServerKeyExchange is signed with an algorithm that the device had not offered',
  EMU_E_TLS_BAD_SIGNATURE: 'wrong signature in ServerKeyExchange',
  EMU_E_TLS_BAD_FINISHED: "wrong verify_data in the broker's Finished",
  EMU_E_TLS_KEY_OPERATION: 'the secure element refused a key operation',

  EMU_E_TLS_CLOSED_AT_SERVER_HELLO: 'closed by the broker before its ServerHello',
  EMU_E_TLS_CLOSED_AT_CERTIFICATE: 'closed by the broker before its Certificate',
  EMU_E_TLS_CLOSED_AT_SERVER_KEY_EXCHANGE: 'closed by the broker before its ServerKeyExchange',
  EMU_E_TLS_CLOSED_AT_CERTIFICATE_REQUEST: 'closed by the broker before its CertificateRequest or ServerHelloDone',
  EMU_E_TLS_CLOSED_AT_SERVER_HELLO_DONE: 'closed by the broker before its ServerHelloDone',
  EMU_E_TLS_CLOSED_AT_CLIENT_KEY_EXCHANGE: "closed by the broker before the device's Certificate",
  EMU_E_TLS_CLOSED_AT_NEW_SESSION_TICKET:
    "closed by the broker after the device's Certificate, before NewSessionTicket",
  EMU_E_TLS_CLOSED_AT_CHANGE_CIPHER_SPEC:
    "closed by the broker after the device's Certificate, before ChangeCipherSpec",
  EMU_E_TLS_CLOSED_AT_FINISHED: 'closed by the broker before its Finished',

  // Return codes of MQTT 3.1.1 table 3.1.
  'CONNACK 1': 'CONNACK 1 (unacceptable protocol version)',
  'CONNACK 2': 'CONNACK 2 (identifier rejected)',
  'CONNACK 3': 'CONNACK 3 (server unavailable)',
  'CONNACK 4': 'CONNACK 4 (bad user name or password)',
  'CONNACK 5': 'CONNACK 5 (not authorized)',
  'not a CONNACK': "the broker's answer to CONNECT is no CONNACK",
};

const STEPS = { chip: 'secure element', tcp: 'TCP', tls: 'TLS', mqtt: 'MQTT' } as const;

/** The same words for every device that failed in the same way. */
export function causeOf({ step, code, message }: DeviceFailure): string {
  // An alert's name is in the message, with what the device waited for; TLS's server is the broker here.
  const words = code === 'EMU_E_TLS_ALERT' ? message.replaceAll('the server', 'the broker') : (WORDS[code] ?? code);
  return `${STEPS[step]}: ${words}`;
}

/** Likewise, of an attempt that got no CONNACK 0: a TLS connection that was there and ended carried a CONNECT. */
export function causeOfAttempt(failure: DeviceFailure): string {
  if (failure.code === 'CLOSE_NOTIFY') return 'MQTT: closed by the broker before CONNACK (close_notify)';
  if (failure.code === 'EMU_E_TLS_TRUNCATED') return 'MQTT: closed by the broker before CONNACK';
  return causeOf(failure);
}

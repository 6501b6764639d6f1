import type { DeviceFailure } from '../../emulator/devices/index.ts';

/** What a failure's code means, in the words of a broker engineer; the device's own sentence is the example beside it. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'host name not found (ENOTFOUND)',
  EAI_AGAIN: 'host name not resolved (EAI_AGAIN)',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  EMFILE: 'no file descriptors left (EMFILE)',
  EADDRNOTAVAIL: 'no local ports left (EADDRNOTAVAIL)',
  TIMEOUT: 'timed out',
  CLOSED: 'closed by the broker',
  CLOSE_NOTIFY: 'closed by the broker (close_notify)',
  EMU_E_TLS_UNKNOWN_CA: "the broker's certificate leads to no trusted CA",
  EMU_E_TLS_NAME_MISMATCH: "the broker's certificate is for another name",
  EMU_E_TLS_BAD_SIGNATURE: 'wrong signature in ServerKeyExchange',
  EMU_E_TLS_BAD_FINISHED: "wrong verify_data in the broker's Finished",
  EMU_E_TLS_BAD_RECORD_MAC: 'a record that does not decrypt (bad_record_mac)',
  EMU_E_TLS_BAD_RECORD: 'not TLS, or a malformed record',
  EMU_E_TLS_RECORD_OVERFLOW: 'a record longer than the device takes',
  EMU_E_TLS_UNEXPECTED_MESSAGE: 'a message out of place',
  EMU_E_TLS_FRAGMENTED_MESSAGE: 'a handshake message spread over records, which the device does not take',
  EMU_E_TLS_PROTOCOL_VERSION: 'the broker does not speak TLS 1.2',
  EMU_E_TLS_BAD_CERTIFICATE: "the broker's certificate is malformed",
  EMU_E_TLS_CERTIFICATE_USAGE: "the broker's certificate is not for a server",
  EMU_E_TLS_CERTIFICATE_KEY: "a key in the broker's chain is of a kind the device does not take",
  EMU_E_TLS_WEAK_DIGEST: "a certificate in the broker's chain has a digest the device does not take",
  EMU_E_TLS_KEY_OPERATION: 'the secure element refused a key operation',
  EMU_E_TLS_TRUNCATED: 'connection cut without close_notify',
};

const CLOSED_AT = 'EMU_E_TLS_CLOSED_AT_';
const STEPS = { chip: 'secure element', tcp: 'TCP', tls: 'TLS', mqtt: 'MQTT' } as const;

/** The same words for every device that failed in the same way. */
export function causeOf({ step, code, message }: DeviceFailure): string {
  return `${STEPS[step]}: ${describe(code, message)}`;
}

function describe(code: string, message: string): string {
  // The alert's name is in the message, with whose it was and what the device waited for.
  if (code === 'EMU_E_TLS_ALERT') return message;
  if (code.startsWith(CLOSED_AT)) {
    return `closed by the broker while the device waited for ${code.slice(CLOSED_AT.length).toLowerCase()}`;
  }
  return WORDS[code] ?? code;
}

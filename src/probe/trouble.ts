import { type CauseCode, causeOf } from '../causes/index.ts';

/** Why the probe cannot subscribe, and what to do where that is known. */
export interface Trouble {
  readonly words: string;
  readonly advice?: string;
}

/** What Node and OpenSSL call what devices have a cause for. */
const CAUSES: Readonly<Record<string, CauseCode>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'tls.EMU_E_TLS_UNKNOWN_CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls.EMU_E_TLS_UNKNOWN_CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls.EMU_E_TLS_UNKNOWN_CA',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls.EMU_E_TLS_UNKNOWN_CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls.EMU_E_TLS_UNKNOWN_CA',
  CERT_SIGNATURE_FAILURE: 'tls.EMU_E_TLS_CA_SIGNATURE',
  CERT_HAS_EXPIRED: 'tls.EMU_E_TLS_CERTIFICATE_EXPIRED',
  CERT_NOT_YET_VALID: 'tls.EMU_E_TLS_CERTIFICATE_NOT_YET_VALID',
  INVALID_PURPOSE: 'tls.EMU_E_TLS_CERTIFICATE_USAGE',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls.EMU_E_TLS_NAME_MISMATCH',
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls.EMU_E_TLS_BAD_RECORD',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls.EMU_E_TLS_BAD_RECORD',
  ECONNRESET: 'tls.EMU_E_TLS_TRUNCATED',
};

/** The words and the advice of the same failure of a device; of what no device knows, those of MQTT.js. @param reached by TCP */
export function troubleOf(error: Error, reached: boolean): Trouble {
  const cause = causeCodeOf((error as { readonly code?: string | number }).code, reached);
  return cause === undefined ? { words: error.message } : causeOf(cause);
}

function causeCodeOf(code: string | number | undefined, reached: boolean): CauseCode | undefined {
  // The return code of a CONNACK.
  if (typeof code === 'number') return `mqtt.CONNACK_${code}`;
  if (code === undefined) return undefined;
  if (!reached) return `tcp.${code}`;
  const alert = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)$/.exec(code)?.[1];
  return alert === undefined ? CAUSES[code] : `tls.ALERT_${alert.toLowerCase()}`;
}

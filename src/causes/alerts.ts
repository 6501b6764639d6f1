import type { AlertName } from '../../emulator/tls/index.ts';

const REFUSED_CERTIFICATE =
  "The broker refused the device's certificate: is its client CA the fleet's root? Its log says why.";

/** What to do about a fatal alert of the broker (RFC 5246 7.2.2). */
export const ALERT_ADVICE: { readonly [alert in AlertName]?: string } = {
  unknown_ca:
    "The broker does not know the fleet's root: configure it as client CA. It is the --ca-cert root; that of a persistent fleet comes from emu fleet export --for.",
  no_certificate: REFUSED_CERTIFICATE,
  bad_certificate: REFUSED_CERTIFICATE,
  unsupported_certificate: REFUSED_CERTIFICATE,
  certificate_revoked: REFUSED_CERTIFICATE,
  certificate_expired: REFUSED_CERTIFICATE,
  certificate_unknown: REFUSED_CERTIFICATE,
  certificate_required: REFUSED_CERTIFICATE,
  access_denied: REFUSED_CERTIFICATE,
  decrypt_error: REFUSED_CERTIFICATE,
  handshake_failure: 'No common parameters: allow TLS 1.2 with ECDHE, AES-128-GCM and P-256 at the broker.',
  protocol_version: 'The devices speak only TLS 1.2: allow it at the broker.',
};

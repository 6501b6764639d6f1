import { expect, it } from 'vitest';
import { alertLevel, alertNumbers } from '../../../emulator/tls/alerts.ts';
import {
  contentType,
  ecdsaSha256,
  ecdsaSign,
  extensionType,
  handshakeType,
  namedCurve,
  secp256r1,
  tls12,
} from '../../../emulator/tls/numbers.ts';

// The hostile server of these tests takes its numbers from the client: what they are is held here alone.
it('the numbers are those of the RFCs', () => {
  expect(tls12).toBe(0x0303); // RFC 5246 6.2.1
  expect(contentType).toEqual({ changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 }); // RFC 5246 A.1
  // RFC 5246 A.4; NewSessionTicket is of RFC 5077 3.3.
  expect(handshakeType).toEqual({
    helloRequest: 0,
    clientHello: 1,
    serverHello: 2,
    newSessionTicket: 4,
    certificate: 11,
    serverKeyExchange: 12,
    certificateRequest: 13,
    serverHelloDone: 14,
    certificateVerify: 15,
    clientKeyExchange: 16,
    finished: 20,
  });
  expect(extensionType).toEqual({
    server_name: 0, // RFC 6066 1.1
    supported_groups: 10, // RFC 8422 5.1.1
    ec_point_formats: 11, // RFC 8422 5.1.2
    signature_algorithms: 13, // RFC 5246 7.4.1.4.1
    encrypt_then_mac: 22, // RFC 7366 2
    extended_master_secret: 23, // RFC 7627 5.1
    session_ticket: 35, // RFC 5077 3.2
    renegotiation_info: 0xff01, // RFC 5746 3.2
  });
  expect([namedCurve, secp256r1]).toEqual([3, 23]); // RFC 8422 5.4, 5.1.1
  expect([ecdsaSign, ecdsaSha256]).toEqual([64, 0x0403]); // RFC 8422 5.5, RFC 5246 7.4.1.4.1
});

it('the alerts are those of the RFCs', () => {
  expect(alertLevel).toEqual({ warning: 1, fatal: 2 }); // RFC 5246 7.2
  expect(alertNumbers).toEqual({
    // RFC 5246 A.3
    close_notify: 0,
    unexpected_message: 10,
    bad_record_mac: 20,
    decryption_failed: 21,
    record_overflow: 22,
    decompression_failure: 30,
    handshake_failure: 40,
    no_certificate: 41,
    bad_certificate: 42,
    unsupported_certificate: 43,
    certificate_revoked: 44,
    certificate_expired: 45,
    certificate_unknown: 46,
    illegal_parameter: 47,
    unknown_ca: 48,
    access_denied: 49,
    decode_error: 50,
    decrypt_error: 51,
    export_restriction: 60,
    protocol_version: 70,
    insufficient_security: 71,
    internal_error: 80,
    user_canceled: 90,
    no_renegotiation: 100,
    unsupported_extension: 110,
    inappropriate_fallback: 86, // RFC 7507 2
    // RFC 6066 9
    certificate_unobtainable: 111,
    unrecognized_name: 112,
    bad_certificate_status_response: 113,
    bad_certificate_hash_value: 114,
    unknown_psk_identity: 115, // RFC 4279 6
    certificate_required: 116, // RFC 8446 6
    no_application_protocol: 120, // RFC 7301 3.2
  });
});

import { secp256r1 } from '../numbers.ts';
import type { TlsPolicy } from '../policy.ts';

/** The letter of RFC 5246, 5280, 6066 and 8422, with nothing let pass: what the core does when no firmware is imitated. */
export const rfc: TlsPolicy = {
  name: 'rfc',
  suites: [0xc02b, 0xc02f],
  signatureAlgorithms: [0x0403, 0x0401, 0x0503, 0x0501, 0x0603, 0x0601],
  groups: [secp256r1],
  extensions: [
    'server_name',
    'signature_algorithms',
    'supported_groups',
    'ec_point_formats',
    'extended_master_secret',
    'session_ticket',
  ],
  renegotiationScsv: true,
  serverNameForAddresses: false,
  maxPlaintext: 16_384,
  reassemblesHandshake: true,
  skipsHelloRequest: true,
  certificates: {
    checkDates: true,
    hashes: ['sha224', 'sha256', 'sha384', 'sha512'],
    minimumRsaBits: 2048,
    curves: ['prime256v1'],
    maxIntermediates: 8,
    priority: [
      'unknown_ca',
      'ca_signature',
      'weak_digest',
      'chain_too_long',
      'certificate_expired',
      'certificate_not_yet_valid',
      'key_usage',
      'extended_key_usage',
      'unacceptable_key',
      'name_mismatch',
    ],
  },
  tolerates: [],
  alerts: {},
};

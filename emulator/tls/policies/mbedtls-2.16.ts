import { secp256r1 } from '../numbers.ts';
import type { TlsPolicy } from '../policy.ts';

/**
 * mbedTLS 2.16 (read at 2.16.7) as ESP-IDF 3.3 configures it for a client with preset default: TLS 1.2 alone, session
 * tickets, renegotiation compiled in but disabled, MBEDTLS_SSL_MAX_CONTENT_LEN 8192, MBEDTLS_HAVE_TIME_DATE off.
 * Functions named are those of library/ssl_cli.c, ssl_tls.c and x509_crt.c.
 */
export const mbedtls216: TlsPolicy = {
  name: 'mbedtls-2.16',
  suites: [0xc02b, 0xc02f],
  // ssl_preset_default_hashes, each with ECDSA and then RSA (ssl_write_signature_algorithms_ext).
  signatureAlgorithms: [0x0603, 0x0601, 0x0503, 0x0501, 0x0403, 0x0401, 0x0303, 0x0301, 0x0203, 0x0201],
  groups: [secp256r1],
  // In the order of ssl_write_client_hello. encrypt_then_mac is written whatever the suites are.
  extensions: [
    'server_name',
    'signature_algorithms',
    'supported_groups',
    'ec_point_formats',
    'encrypt_then_mac',
    'extended_master_secret',
    'session_ticket',
  ],
  renegotiationScsv: true,
  // Quirk: ssl_write_hostname_ext writes whatever mbedtls_ssl_set_hostname was given, IP literals too.
  serverNameForAddresses: true,
  maxPlaintext: 8192,
  // Quirk: mbedtls_ssl_prepare_handshake_record does not put TLS handshake messages together from several records.
  reassemblesHandshake: false,
  // Quirk: every ssl_parse_… step takes a HelloRequest for the message it waits for.
  skipsHelloRequest: false,
  certificates: {
    checkDates: false,
    // mbedtls_x509_crt_profile_default, without MBEDTLS_TLS_DEFAULT_ALLOW_SHA1_IN_CERTIFICATES.
    hashes: ['sha224', 'sha256', 'sha384', 'sha512'],
    minimumRsaBits: 2048,
    // mbedtls_ssl_parse_certificate: the server's own key must lie on a curve of the ClientHello.
    curves: ['prime256v1'],
    // MBEDTLS_X509_MAX_INTERMEDIATE_CA
    maxIntermediates: 8,
    // The order of the alerts in mbedtls_ssl_parse_certificate.
    priority: [
      'chain_too_long',
      'name_mismatch',
      'key_usage',
      'extended_key_usage',
      'unacceptable_key',
      'certificate_expired',
      'unknown_ca',
      'ca_signature',
      'certificate_not_yet_valid',
      'weak_digest',
    ],
  },
  tolerates: [
    'unsolicited_extensions', // ssl_parse_server_hello ignores what it does not know
    'encrypt_then_mac_with_aead', // ssl_parse_encrypt_then_mac_ext looks at its length alone
    'certificate_request_contents', // ssl_parse_certificate_request, ssl_write_certificate_verify
    'record_minor_version', // ssl_parse_record_header
  ],
  alerts: {
    record_version: 'none', // ssl_parse_record_header
    malformed_record: 'none', // ssl_parse_record_header, mbedtls_ssl_handle_message_type
    record_overflow: 'none', // ssl_parse_record_header, ssl_prepare_record_content
    fragmented_message: 'none', // mbedtls_ssl_prepare_handshake_record
    'unexpected_message@server_hello': 'decode_error', // ssl_parse_server_hello
    'unexpected_message@certificate': 'decode_error', // ssl_parse_certificate_chain
    'unexpected_message@certificate_request': 'decode_error', // ssl_parse_server_hello_done
    'unexpected_message@server_hello_done': 'decode_error', // ssl_parse_server_hello_done
    'unexpected_record@server_hello_done': 'none', // ssl_parse_server_hello_done
    'unexpected_message@new_session_ticket': 'decode_error', // ssl_parse_new_session_ticket
    'unexpected_message@finished': 'decode_error', // mbedtls_ssl_parse_finished
    'unexpected_message@established': 'none', // mbedtls_ssl_read
    'unexpected_record@established': 'none', // mbedtls_ssl_read
    bad_extension: 'handshake_failure', // ssl_parse_extended_ms_ext, ssl_parse_session_ticket_ext
    point_formats: 'handshake_failure', // ssl_parse_supported_point_formats_ext
    chain_too_long: 'access_denied', // x509_crt_verify_chain sets every flag, mbedtls_ssl_parse_certificate takes the first
    certificate_not_yet_valid: 'certificate_unknown', // mbedtls_ssl_parse_certificate
    weak_digest: 'certificate_unknown', // mbedtls_ssl_parse_certificate
    key_type_mismatch: 'handshake_failure', // ssl_parse_server_key_exchange
    bad_point: 'none', // ssl_write_client_key_exchange
    key_operation: 'none', // ssl_write_client_key_exchange, ssl_write_certificate_verify
    // Quirk: mbedtls_ssl_parse_finished answers a wrong verify_data with decode_error.
    bad_finished: 'decode_error',
  },
};

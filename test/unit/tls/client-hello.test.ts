import { describe, expect, it } from 'vitest';
import type { Rng } from '../../../emulator/rng/index.ts';
import {
  TlsClient,
  type TlsClientOptions,
  tlsCipherSuites,
  tlsCurves,
  tlsPolicy,
} from '../../../emulator/tls/index.ts';
import { mbedtls, strict } from '../../support/tls-client.ts';

const fixedRng = { bytes: (length: number) => new Uint8Array(length).fill(0xaa) } as unknown as Rng;

function helloOf(options: Partial<TlsClientOptions>): string {
  let written = '';
  const client = new TlsClient(
    { serverName: 'broker.test', policy: mbedtls, rng: fixedRng, unixTime: () => 42.9, ...options } as TlsClientOptions,
    {
      write: (bytes) => {
        written += Buffer.from(bytes).toString('hex');
      },
      data: () => {},
      secure: () => {},
      closed: () => {},
    },
  );
  client.start();
  return written;
}

describe('ClientHello of mbedTLS 2.16 as the firmware configures it', () => {
  it('has the bytes of ssl_write_client_hello', () => {
    const expected = [
      '16 0303 007b', // handshake record
      '01 000077 0303', // ClientHello, TLS 1.2
      '0000002a', // 42 s since boot
      'aa'.repeat(28),
      '00', // no session
      '0006 c02b c02f 00ff', // two suites and the renegotiation SCSV
      '01 00', // no compression
      '0048',
      '0000 0010 000e 00 000b 62726f6b65722e74657374', // server_name
      '000d 0016 0014 0603 0601 0503 0501 0403 0401 0303 0301 0203 0201', // signature_algorithms
      '000a 0004 0002 0017', // supported_groups: secp256r1
      '000b 0002 01 00', // ec_point_formats: uncompressed
      '0016 0000', // encrypt_then_mac
      '0017 0000', // extended_master_secret
      '0023 0000', // session_ticket
    ];
    expect(helloOf({})).toBe(expected.join('').replaceAll(' ', ''));
  });

  it('Quirk: ssl_write_hostname_ext writes IP literals too', () => {
    expect(helloOf({ serverName: '10.0.0.1' })).toContain(
      `0000000d000b000008${Buffer.from('10.0.0.1').toString('hex')}`,
    );
  });
});

describe('ClientHello elsewhere', () => {
  it('has the fields of RFC 5246 7.4.1.2 and nothing that its suites have no use for', () => {
    const expected = [
      '16 0303 006f',
      '01 00006b 0303',
      '0000002a',
      'aa'.repeat(28),
      '00',
      '0006 c02b c02f 00ff', // RFC 5289 3, and the SCSV of RFC 5746 3.3
      '01 00',
      '003c',
      '0000 0010 000e 00 000b 62726f6b65722e74657374', // server_name (RFC 6066 3)
      '000d 000e 000c 0403 0401 0503 0501 0603 0601', // signature_algorithms without SHA-1 (RFC 9155 3)
      '000a 0004 0002 0017', // supported_groups (RFC 8422 5.1.1)
      '000b 0002 01 00', // ec_point_formats (RFC 8422 5.1.2)
      '0017 0000', // extended_master_secret (RFC 7627 5.1)
      '0023 0000', // session_ticket (RFC 5077 3.2)
    ];
    // RFC 7366 3: encrypt_then_mac means nothing to an AEAD.
    expect(helloOf({ policy: strict })).toBe(expected.join('').replaceAll(' ', ''));
  });

  it('leaves an IP literal out of server_name by RFC 6066 3', () => {
    expect(helloOf({ policy: strict, serverName: '10.0.0.1' })).not.toContain(Buffer.from('10.0.0.1').toString('hex'));
    expect(helloOf({ policy: strict, serverName: '::1' })).not.toContain(Buffer.from('::1').toString('hex'));
  });

  it('follows the settings of a profile', () => {
    const policy = tlsPolicy({
      library: 'mbedtls-2.16',
      cipherSuites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
      curves: ['secp256r1'],
      maxRecordBytes: 4096,
      serverName: false,
      extendedMasterSecret: false,
      renegotiationScsv: false,
      checkDates: true,
    });
    // 119 bytes without two suites (4), server_name (20) and extended_master_secret (4).
    expect(helloOf({ policy })).toMatch(/^160303005f0100005b.*0002c02f01000030000d/);
    expect(policy.maxPlaintext).toBe(4096);
    expect(policy.certificates.checkDates).toBe(true);
  });

  const settings = { curves: [], maxRecordBytes: 8192, serverName: true, extendedMasterSecret: true };
  const rest = { ...settings, renegotiationScsv: true, checkDates: false };

  it.each([
    [{ maxRecordBytes: 1 }, 'a record holds from 512 to 16384 bytes, not 1'],
    [{ maxRecordBytes: 511 }, 'a record holds from 512 to 16384 bytes, not 511'],
    [{ maxRecordBytes: 16_385 }, 'a record holds from 512 to 16384 bytes, not 16385'],
    [{ maxRecordBytes: 600.5 }, 'a record holds from 512 to 16384 bytes, not 600.5'],
    [{ maxRecordBytes: Number.NaN }, 'a record holds from 512 to 16384 bytes, not NaN'],
    [{ cipherSuites: [] }, 'a client offers one cipher suite at least'],
    [{ curves: [] }, 'a client offers one curve at least'],
  ])('refuses %j, with which no connection could be made', (wrong, message) => {
    const right = { library: 'rfc', cipherSuites: [...tlsCipherSuites], curves: [...tlsCurves] };
    for (const maxRecordBytes of [512, 16_384]) tlsPolicy({ ...rest, ...right, maxRecordBytes });
    expect(() => tlsPolicy({ ...rest, ...right, ...wrong })).toThrow(
      expect.objectContaining({ code: 'EMU_E_TLS_SETTING', message }),
    );
  });

  it('refuses a setting that it does not know', () => {
    expect(() => tlsPolicy({ ...rest, library: 'openssl', cipherSuites: [] })).toThrow(
      expect.objectContaining({ code: 'EMU_E_TLS_UNKNOWN_SETTING', value: 'openssl' }),
    );
    expect(() => tlsPolicy({ ...rest, library: 'rfc', cipherSuites: ['TLS_NULL'] })).toThrow(
      expect.objectContaining({ code: 'EMU_E_TLS_UNKNOWN_SETTING', value: 'TLS_NULL' }),
    );
  });
});

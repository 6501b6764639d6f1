import { beforeAll, describe, expect, it } from 'vitest';
import { concat, uint } from '../../../emulator/tls/bytes.ts';
import { alertName, type TlsFailure, type TlsPolicy } from '../../../emulator/tls/index.ts';
import { type Ca, createCa, type Identity } from '../../support/certificates.ts';
import { type CertificateDraft, type Issued, issue, pemOf } from '../../support/chains.ts';
import { extension, type HostileServerOptions, type Mischief, type ServerStep } from '../../support/hostile-server.ts';
import { alertAfter, hangUpAfter, mischiefs, overwritten, withSessionId } from '../../support/mischief.ts';
import { clientOptions, mbedtls, strict, TlsPair } from '../../support/tls-client.ts';

let ca: Ca;
let stranger: Ca;
let device: Identity;
let broker: Identity;

beforeAll(async () => {
  [ca, stranger] = await Promise.all([createCa({ commonName: 'root' }), createCa({ commonName: 'stranger' })]);
  device = await ca.issue({ commonName: 'device 1' });
  broker = await ca.issue({ commonName: 'broker', dnsNames: ['broker.test'] });
});

async function meet(policy: TlsPolicy, server: Partial<HostileServerOptions> = {}): Promise<TlsPair> {
  const client = clientOptions({ ca: ca.certificate, device, policy });
  return new TlsPair(client, { ...broker, ...server }).handshake();
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** Meets a server whose chain has so many intermediates and a leaf with `fields`, under a root that the client trusts. */
async function meetChain(
  policy: TlsPolicy,
  intermediates: number,
  fields: Partial<CertificateDraft> = {},
): Promise<TlsPair> {
  const ca = { isAuthority: true, keyUsage: 0x06 };
  const root = await issue({ subject: 'long root', ...ca });
  const chain: Issued[] = [];
  for (let i = 0; i < intermediates; i++) {
    chain.unshift(await issue({ subject: `intermediate ${i}`, ...ca, issuer: chain[0] ?? root }));
  }
  const leaf = await issue({ subject: 'broker', dnsNames: ['broker.test'], issuer: chain[0] ?? root, ...fields });
  const [server, ...rest] = await Promise.all([leaf, ...chain].map(pemOf));
  const certificate = [server, ...rest].map((identity) => identity?.certificate).join('');
  const client = clientOptions({ ca: (await pemOf(root)).certificate, device, policy });
  return new TlsPair(client, { certificate, key: server?.key ?? '' }).handshake();
}

/** What a refusal looks like from both ends: the error's code, and the alert that the server saw. */
function outcome(pair: TlsPair): readonly [string | undefined, string] {
  const alert = pair.server.alerts[0];
  const failure = pair.reason?.value as TlsFailure | undefined;
  expect(pair.closures).toBe(1);
  expect(failure?.code).toBe(alert?.description);
  expect(failure?.alert).toBe(alert && alertName(alert.description));
  expect(failure?.direction).toBe(alert ? 'sent' : 'none');
  expect(pair.info).toBeUndefined();
  return [pair.reason?.code, alert === undefined ? 'none' : alertName(alert.description)];
}

/** Mischief, code, mbedTLS's alert, the RFCs' alert. */
const table: readonly (readonly [keyof typeof mischiefs, string, string, string])[] = [
  ['tamperedSignature', 'EMU_E_TLS_BAD_SIGNATURE', 'decrypt_error', 'decrypt_error'],
  ['tamperedPoint', 'EMU_E_TLS_BAD_ECDH_PARAMETERS', 'none', 'illegal_parameter'],
  ['otherCurve', 'EMU_E_TLS_BAD_ECDH_PARAMETERS', 'illegal_parameter', 'illegal_parameter'],
  ['unofferedSignatureAlgorithm', 'EMU_E_TLS_SIGNATURE_ALGORITHM', 'illegal_parameter', 'illegal_parameter'],
  ['wrongSuite', 'EMU_E_TLS_SUITE_NOT_OFFERED', 'illegal_parameter', 'illegal_parameter'],
  ['compression', 'EMU_E_TLS_COMPRESSION', 'illegal_parameter', 'illegal_parameter'],
  ['longSessionId', 'EMU_E_TLS_MALFORMED_MESSAGE', 'decode_error', 'decode_error'],
  ['tls11', 'EMU_E_TLS_PROTOCOL_VERSION', 'protocol_version', 'protocol_version'],
  ['badRecordMac', 'EMU_E_TLS_BAD_RECORD_MAC', 'bad_record_mac', 'bad_record_mac'],
  ['oversizedRecord', 'EMU_E_TLS_RECORD_OVERFLOW', 'none', 'record_overflow'],
  ['notTls', 'EMU_E_TLS_BAD_RECORD', 'unexpected_message', 'unexpected_message'],
  ['ssl3Record', 'EMU_E_TLS_BAD_RECORD', 'none', 'protocol_version'],
  // ssl_parse_record_header: more than the configured maximum.
  ['tls13Record', 'EMU_E_TLS_BAD_RECORD', 'none', 'protocol_version'],
  ['emptyCertificate', 'EMU_E_TLS_MALFORMED_MESSAGE', 'decode_error', 'decode_error'],
  ['garbageCertificate', 'EMU_E_TLS_BAD_CERTIFICATE', 'bad_certificate', 'bad_certificate'],
  ['skippedCertificate', 'EMU_E_TLS_UNEXPECTED_MESSAGE', 'decode_error', 'unexpected_message'],
  ['skippedServerKeyExchange', 'EMU_E_TLS_UNEXPECTED_MESSAGE', 'unexpected_message', 'unexpected_message'],
  ['earlyChangeCipherSpec', 'EMU_E_TLS_UNEXPECTED_MESSAGE', 'unexpected_message', 'unexpected_message'],
  ['earlyApplicationData', 'EMU_E_TLS_UNEXPECTED_MESSAGE', 'unexpected_message', 'unexpected_message'],
  ['truncatedServerHello', 'EMU_E_TLS_MALFORMED_MESSAGE', 'decode_error', 'decode_error'],
];

describe('a server that misbehaves', () => {
  it.each(table)('%s is refused as %s: mbedTLS answers %s, the RFCs %s', async (name, code, firmware, rfc) => {
    expect(outcome(await meet(mbedtls, { mischief: mischiefs[name] }))).toEqual([code, firmware]);
    expect(outcome(await meet(strict, { mischief: mischiefs[name] }))).toEqual([code, rfc]);
  });

  it('Quirk: mbedtls_ssl_parse_finished answers a wrong verify_data with decode_error', async () => {
    const mischief = mischiefs.badFinished;
    expect(outcome(await meet(mbedtls, { mischief }))).toEqual(['EMU_E_TLS_BAD_FINISHED', 'decode_error']);
    expect(outcome(await meet(strict, { mischief }))).toEqual(['EMU_E_TLS_BAD_FINISHED', 'decrypt_error']);
  });

  it('Quirk: mbedtls_ssl_prepare_handshake_record does not put TLS handshake messages together', async () => {
    const mischief = mischiefs.fragmentedCertificate;
    expect(outcome(await meet(mbedtls, { mischief }))).toEqual(['EMU_E_TLS_FRAGMENTED_MESSAGE', 'none']);
    expect((await meet(strict, { mischief })).info).toBeDefined();
  });

  it('Quirk: every ssl_parse step takes a HelloRequest for the message it waits for', async () => {
    const helloRequest = Uint8Array.of(22, 3, 3, 0, 4, 0, 0, 0, 0);
    const mischief: Mischief = { after: (step, server) => step === 'client_hello' && server.raw(helloRequest) };
    expect(outcome(await meet(mbedtls, { mischief }))).toEqual(['EMU_E_TLS_UNEXPECTED_MESSAGE', 'decode_error']);
    expect((await meet(strict, { mischief })).info).toBeDefined();
  });
});

describe('a message or record that differs from the right one in one respect', () => {
  const full = { requestCertificate: true, sessionTicket: true };
  const message = (at: ServerStep, change: (bytes: Uint8Array) => Uint8Array): Mischief => ({
    message: (step, bytes) => (step === at ? change(bytes) : bytes),
  });
  const record = (at: ServerStep, ...bytes: readonly number[]): Mischief => ({
    wire: (step, original) => (step === at ? Uint8Array.from(bytes) : original),
  });
  const typed = (type: number) => (bytes: Uint8Array) => overwritten(bytes, 0, type);
  const shorter = (bytes: Uint8Array) => overwritten(bytes.subarray(0, -1), 3, (bytes[3] ?? 0) - 1);
  const longer = (bytes: Uint8Array) => overwritten(Uint8Array.of(...bytes, 0), 3, (bytes[3] ?? 0) + 1);

  it.each<[what: string, mischief: Mischief, code: string, firmware: string, rfc: string]>([
    // RFC 5246 7.1: the single byte 1.
    ['ChangeCipherSpec 2', record('change_cipher_spec', 20, 3, 3, 0, 1, 2), 'BAD_RECORD', 'none', 'decode_error'],
    ['ChangeCipherSpec 1 1', record('change_cipher_spec', 20, 3, 3, 0, 2, 1, 1), 'BAD_RECORD', 'none', 'decode_error'],
    // RFC 5077 3.3.
    [
      'a CertificateRequest for NewSessionTicket',
      message('new_session_ticket', typed(13)),
      'UNEXPECTED_MESSAGE',
      'decode_error',
      'unexpected_message',
    ],
    [
      'NewSessionTicket with a byte more',
      message('new_session_ticket', longer),
      'MALFORMED_MESSAGE',
      'decode_error',
      'decode_error',
    ],
    // RFC 5246 7.4.5: an empty message.
    [
      'ServerHelloDone with a byte',
      message('server_hello_done', longer),
      'MALFORMED_MESSAGE',
      'decode_error',
      'decode_error',
    ],
    [
      'a ServerHello for ServerHelloDone',
      message('server_hello_done', typed(2)),
      'UNEXPECTED_MESSAGE',
      'decode_error',
      'unexpected_message',
    ],
    [
      'a NewSessionTicket for Finished',
      message('finished', typed(4)),
      'UNEXPECTED_MESSAGE',
      'decode_error',
      'unexpected_message',
    ],
    // RFC 5246 7.4.9: verify_data_length is 12.
    ['Finished with a byte less', message('finished', shorter), 'MALFORMED_MESSAGE', 'decode_error', 'decode_error'],
    ['Finished with a byte more', message('finished', longer), 'MALFORMED_MESSAGE', 'decode_error', 'decode_error'],
  ])('%s is refused', async (_what, mischief, code, firmware, rfc) => {
    expect((await meet(mbedtls, full)).info).toBeDefined();
    expect(outcome(await meet(mbedtls, { ...full, mischief }))).toEqual([`EMU_E_TLS_${code}`, firmware]);
    expect(outcome(await meet(strict, { ...full, mischief }))).toEqual([`EMU_E_TLS_${code}`, rfc]);
  });

  it('a handshake message while the keys of the device work is refused', async () => {
    const after = (step: ServerStep, server: { raw(bytes: Uint8Array): void }) =>
      void (step === 'server_hello_done' && server.raw(Uint8Array.of(22, 3, 3, 0, 4, 14, 0, 0, 0)));
    expect(outcome(await meet(strict, { ...full, mischief: { after } }))).toEqual([
      'EMU_E_TLS_UNEXPECTED_MESSAGE',
      'unexpected_message',
    ]);
  });
});

it('a session id of 32 bytes is taken', async () => {
  const mischief: Mischief = {
    message: (step, message) => (step === 'server_hello' ? withSessionId(message, 32) : message),
  };
  for (const policy of [mbedtls, strict]) expect((await meet(policy, { mischief })).info).toBeDefined();
});

// RFC 8446 5.1 says what RFC 5246 leaves to be understood: no handshake message spans a change of keys.
it('ChangeCipherSpec within a handshake message is refused', async () => {
  const header = Uint8Array.of(22, 3, 3, 0, 4, 20, 0, 0, 12);
  const mischief: Mischief = { after: (step, server) => step === 'client_flight' && server.raw(header) };
  expect(outcome(await meet(strict, { mischief }))).toEqual(['EMU_E_TLS_UNEXPECTED_MESSAGE', 'unexpected_message']);
});

it('a handshake message of more than 64 KiB is refused when it is announced', async () => {
  for (const [length, expected] of [
    [65_536, undefined],
    [65_537, 'EMU_E_TLS_MALFORMED_MESSAGE'],
  ] as const) {
    const header = concat(Uint8Array.of(22, 3, 3, 0, 4, 11), uint(length, 3));
    const pair = await meet(strict, {
      mischief: { wire: (step, record) => (step === 'certificate' ? header : record) },
    });
    // Up to there the client waits for the rest.
    expect(pair.reason?.code).toBe(expected);
  }
});

it('another record than of the handshake in place of ServerHelloDone: ssl_parse_server_hello_done has no alert', async () => {
  const changeCipherSpec = Uint8Array.of(20, 3, 3, 0, 1, 1);
  const mischief: Mischief = { wire: (step, record) => (step === 'server_hello_done' ? changeCipherSpec : record) };
  const server = { requestCertificate: true, mischief };
  expect(outcome(await meet(mbedtls, server))).toEqual(['EMU_E_TLS_UNEXPECTED_MESSAGE', 'none']);
  expect(outcome(await meet(strict, server))).toEqual(['EMU_E_TLS_UNEXPECTED_MESSAGE', 'unexpected_message']);
});

it('a HelloRequest in the handshake is skipped by the RFCs, unless it has a body', async () => {
  const during = (message: Uint8Array): Mischief => ({
    after: (step, server) => step === 'client_hello' && server.raw(message),
  });
  expect((await meet(strict, { mischief: during(Uint8Array.of(22, 3, 3, 0, 4, 0, 0, 0, 0)) })).info).toBeDefined();
  const withBody = Uint8Array.of(22, 3, 3, 0, 5, 0, 0, 0, 1, 0);
  expect(outcome(await meet(strict, { mischief: during(withBody) }))).toEqual([
    'EMU_E_TLS_MALFORMED_MESSAGE',
    'decode_error',
  ]);
});

describe('extensions of the ServerHello', () => {
  /** What, the extension, mbedTLS's outcome, the RFCs' outcome. */
  const cases: readonly (readonly [string, Uint8Array, string, string])[] = [
    ['one that no one offered', extension(0x1234), 'taken', 'EMU_E_TLS_UNSOLICITED_EXTENSION unsupported_extension'],
    ['encrypt_then_mac with an AEAD', extension(22), 'taken', 'EMU_E_TLS_UNSOLICITED_EXTENSION unsupported_extension'],
    [
      'point formats without uncompressed',
      extension(11, Uint8Array.of(1, 1)),
      'EMU_E_TLS_BAD_EXTENSION handshake_failure',
      'EMU_E_TLS_BAD_EXTENSION illegal_parameter',
    ],
    [
      'a session_ticket with contents',
      extension(35, Uint8Array.of(1)),
      'EMU_E_TLS_BAD_EXTENSION handshake_failure',
      'EMU_E_TLS_BAD_EXTENSION decode_error',
    ],
    [
      'renegotiation_info of another handshake',
      extension(0xff01, Uint8Array.of(1, 0)),
      'EMU_E_TLS_RENEGOTIATION_INFO handshake_failure',
      'EMU_E_TLS_BAD_EXTENSION decode_error',
    ],
  ];
  it.each(cases)('%s', async (_name, given, firmware, rfc) => {
    for (const [policy, expected] of [
      [mbedtls, firmware],
      [strict, rfc],
    ] as const) {
      const pair = await meet(policy, { extensions: [given] });
      expect(pair.info ? 'taken' : outcome(pair).join(' ')).toBe(expected);
    }
  });
});

describe('a certificate that is not to be trusted', () => {
  it('is refused as unknown_ca when a stranger signed it', async () => {
    const server = await stranger.issue({ commonName: 'broker', dnsNames: ['broker.test'] });
    expect(outcome(await meet(mbedtls, server))).toEqual(['EMU_E_TLS_UNKNOWN_CA', 'unknown_ca']);
    expect(outcome(await meet(strict, server))).toEqual(['EMU_E_TLS_UNKNOWN_CA', 'unknown_ca']);
  });

  it('is refused as bad_certificate when it is for another name', async () => {
    const server = await ca.issue({ commonName: 'broker.test', dnsNames: ['other.test'] });
    expect(outcome(await meet(mbedtls, server))).toEqual(['EMU_E_TLS_NAME_MISMATCH', 'bad_certificate']);
    expect(outcome(await meet(strict, server))).toEqual(['EMU_E_TLS_NAME_MISMATCH', 'bad_certificate']);
  });

  it('names the addresses beside the names that it is for', async () => {
    const addresses = ['10.0.0.5', '32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1'];
    const pair = await meet(mbedtls, await ca.issue({ commonName: 'x', dnsNames: ['other.test'], addresses }));
    expect(pair.reason?.message).toContain('(it has other.test, 10.0.0.5, 2001:db8:0:0:0:0:0:1)');
  });

  it('tells every reason, and picks the alert by the order of mbedtls_ssl_parse_certificate', async () => {
    const server = await stranger.issue({ commonName: 'broker', dnsNames: ['other.test'] });
    const pair = await meet(mbedtls, server);
    expect(outcome(pair)).toEqual(['EMU_E_TLS_NAME_MISMATCH', 'bad_certificate']);
    expect(pair.reason?.message).toMatch(/another name \(it has other\.test\), and .*does not lead to a CA/);
    expect(outcome(await meet(strict, server))).toEqual(['EMU_E_TLS_UNKNOWN_CA', 'unknown_ca']);
  });

  /** What, the leaf, intermediates, code, the alert of mbedtls_ssl_parse_certificate, the one nearest to the RFCs. */
  it.each<[what: string, Partial<CertificateDraft>, number, code: string, firmware: string, rfc: string]>([
    [
      'its keyUsage forbids signing',
      { keyUsage: 0x20 },
      0,
      'EMU_E_TLS_CERTIFICATE_USAGE',
      'unsupported_certificate',
      'unsupported_certificate',
    ],
    [
      'it is for clients',
      { extendedKeyUsage: [CLIENT_AUTH] },
      0,
      'EMU_E_TLS_CERTIFICATE_USAGE',
      'unsupported_certificate',
      'unsupported_certificate',
    ],
    ['SHA-1 signed it', { hash: 'SHA-1' }, 0, 'EMU_E_TLS_WEAK_DIGEST', 'certificate_unknown', 'bad_certificate'],
    ['nine intermediates are above it', {}, 9, 'EMU_E_TLS_CHAIN_TOO_LONG', 'access_denied', 'bad_certificate'],
  ])('is refused when %s', async (_what, fields, intermediates, code, firmware, rfc) => {
    expect(outcome(await meetChain(mbedtls, intermediates, fields))).toEqual([code, firmware]);
    expect(outcome(await meetChain(strict, intermediates, fields))).toEqual([code, rfc]);
  });

  it.each<[code: string, fields: Partial<CertificateDraft>]>([
    ['EMU_E_TLS_CERTIFICATE_EXPIRED', { notAfter: '2024-01-01T00:00:00Z' }],
    ['EMU_E_TLS_CERTIFICATE_NOT_YET_VALID', { notBefore: '2049-01-01T00:00:00Z' }],
  ])('is refused as %s by the RFCs, and taken by the firmware, which has no clock', async (code, fields) => {
    expect((await meetChain(mbedtls, 0, fields)).info).toBeDefined();
    expect(outcome(await meetChain(strict, 0, fields))).toEqual([code, 'certificate_expired']);
  });

  it('is refused when its key does not fit the suite', async () => {
    const rsa = await ca.issue({ commonName: 'broker', dnsNames: ['broker.test'], keyType: 'RSA-2048' });
    const server = { certificate: rsa.certificate };
    expect(outcome(await meet(mbedtls, server))).toEqual(['EMU_E_TLS_CERTIFICATE_KEY', 'handshake_failure']);
    expect(outcome(await meet(strict, server))).toEqual(['EMU_E_TLS_CERTIFICATE_KEY', 'illegal_parameter']);
  });

  it('is refused when the whole of key, signature and algorithm fits another suite than the one agreed on', async () => {
    const rsa = await ca.issue({ commonName: 'broker', dnsNames: ['broker.test'], keyType: 'RSA-2048' });
    // Of TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and …_ECDHE_RSA_…: RFC 5246 7.4.3 ties the signature to the suite.
    for (const [server, agreed] of [
      [rsa, 0x2b],
      [broker, 0x2f],
    ] as const) {
      const message: Mischief['message'] = (step, bytes) => {
        if (step !== 'server_hello') return bytes;
        const other = bytes.slice();
        // Header, version, random, and a session id of no bytes.
        other[4 + 2 + 32 + 1 + 1] = agreed;
        return other;
      };
      for (const policy of [mbedtls, strict]) {
        const refused = outcome(await meet(policy, { ...server, mischief: { message } }));
        expect(refused).toEqual(['EMU_E_TLS_SIGNATURE_ALGORITHM', 'illegal_parameter']);
      }
    }
  });
});

/** Where a server stops, and what the client waits for then. */
const stops: readonly (readonly [ServerStep, string])[] = [
  ['client_hello', 'server_hello'],
  ['server_hello', 'certificate'],
  ['certificate', 'server_key_exchange'],
  ['server_key_exchange', 'certificate_request'],
  ['certificate_request', 'server_hello_done'],
  ['server_hello_done', 'client_key_exchange'],
  ['client_flight', 'new_session_ticket'],
  ['new_session_ticket', 'change_cipher_spec'],
  ['change_cipher_spec', 'finished'],
];

describe('a server that stops in the middle', () => {
  const full = { requestCertificate: true, sessionTicket: true };

  it.each(stops)('hanging up after %s has a code of its own', async (step, state) => {
    const pair = await meet(mbedtls, { ...full, mischief: hangUpAfter(step) });
    expect(outcome(pair)).toEqual([`EMU_E_TLS_CLOSED_AT_${state.toUpperCase()}`, 'none']);
    expect(pair.reason?.value).toMatchObject({ state, direction: 'none' });
  });

  it.each(stops)('a fatal alert after %s is told by name', async (step, state) => {
    const pair = await meet(mbedtls, { ...full, mischief: alertAfter(step, 48) });
    expect(pair.reason?.code).toBe('EMU_E_TLS_ALERT');
    expect(pair.reason?.value).toEqual({ state, alert: 'unknown_ca', code: 48, direction: 'received' });
    expect(pair.server.alerts).toEqual([]);
    expect(pair.closures).toBe(1);
  });

  it('close_notify during the handshake counts as hanging up', async () => {
    const mischief: Mischief = { after: (step, server) => step === 'certificate' && server.alert(1, 0) };
    const pair = await meet(mbedtls, { mischief });
    expect(pair.reason?.code).toBe('EMU_E_TLS_CLOSED_AT_SERVER_KEY_EXCHANGE');
    expect(pair.reason?.value).toMatchObject({ alert: 'close_notify', direction: 'received' });
  });
});

describe('key operations that fail', () => {
  it.each(['generateEphemeral', 'agree', 'sign'] as const)('%s ends the handshake', async (name) => {
    for (const [policy, alert] of [
      [mbedtls, 'none'],
      [strict, 'internal_error'],
    ] as const) {
      const options = clientOptions({ ca: ca.certificate, device, policy });
      const keys = { ...options.keys, [name]: () => Promise.reject(new Error('chip status 0x0f')) };
      const pair = await new TlsPair({ ...options, keys }, { ...broker, requestCertificate: true }).handshake();
      expect(outcome(pair)).toEqual(['EMU_E_TLS_KEY_OPERATION', alert]);
      expect(pair.reason?.message).toContain('chip status 0x0f');
    }
  });
});

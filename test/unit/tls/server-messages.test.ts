import { createECDH, generateKeyPairSync, KeyObject, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, parseCertificate } from '../../../emulator/crypto/index.ts';
import { Refused } from '../../../emulator/tls/failure.ts';
import { readCertificateRequest, readCertificates } from '../../../emulator/tls/messages/certificate.ts';
import { readServerHello } from '../../../emulator/tls/messages/server-hello.ts';
import { readServerKeyExchange } from '../../../emulator/tls/messages/server-key-exchange.ts';
import { readSessionTicket } from '../../../emulator/tls/messages/session-ticket.ts';
import { cipherSuites } from '../../../emulator/tls/suites.ts';
import { issue } from '../../support/chains.ts';
import { mbedtls, strict } from '../../support/tls-client.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const SHORT = 'is shorter than its contents';
const LONG = 'is longer than its contents';

/** What reading ends with: its value, or the refusal and the words of it that are given. */
function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const complaint = [SHORT, LONG].find((words) => error.message.endsWith(words));
    return complaint === undefined ? error.refusal : `${error.refusal}: ${complaint}`;
  }
}

describe('a ServerHello (RFC 5246 7.4.1.3)', () => {
  const random = 'ab'.repeat(32);
  const read = (hex: string, policy = strict) => outcome(() => readServerHello(bytes(hex), policy.extensions, policy));
  const hello = (extensions: string) =>
    `0303 ${random} 00 c02b 00 ${(extensions.replaceAll(' ', '').length / 2).toString(16).padStart(4, '0')} ${extensions}`;
  const ecdsa = { random: bytes(random), suite: cipherSuites[0] };
  const plain = { ...ecdsa, extendedMasterSecret: false, sessionTicket: false, secureRenegotiation: false };

  it.each([
    ['no extensions at all (7.4.1.4)', `0303 ${random} 00 c02b 00`, plain],
    ['an empty list of them', hello(''), plain],
    ['a session id of one byte', `0303 ${random} 01 5d c02b 00`, plain],
    ['RSA', `0303 ${random} 00 c02f 00`, { ...plain, suite: cipherSuites[1] }],
    ['extended_master_secret (RFC 7627 5.1)', hello('0017 0000'), { ...plain, extendedMasterSecret: true }],
    ['session_ticket (RFC 5077 3.2)', hello('0023 0000'), { ...plain, sessionTicket: true }],
    ['renegotiation_info (RFC 5746 3.4)', hello('ff01 0001 00'), { ...plain, secureRenegotiation: true }],
    ['an empty server_name (RFC 6066 3)', hello('0000 0000'), plain],
    ['uncompressed points among others (RFC 8422 5.2)', hello('000b 0004 03 01 02 00'), plain],
    ['two extensions', hello('0017 0000 0023 0000'), { ...plain, extendedMasterSecret: true, sessionTicket: true }],
  ])('may have %s', (_what, hex, expected) => {
    expect(read(hex)).toEqual(expected);
    expect(read(hex, mbedtls)).toEqual(expected);
  });

  it.each([
    ['another major version', `0203 ${random} 00 c02b 00`, 'protocol_version'],
    ['TLS 1.1', `0302 ${random} 00 c02b 00`, 'protocol_version'],
    ['TLS 1.3', `0304 ${random} 00 c02b 00`, 'protocol_version'],
    ['a suite that no one knows', `0303 ${random} 00 c02c 00`, 'suite_not_offered'],
    ['a compression', `0303 ${random} 00 c02b 01`, 'compression'],
    ['nothing', '', `malformed_message: ${SHORT}`],
    ['a version cut off', '03', `malformed_message: ${SHORT}`],
    ['a random of 31 bytes and no more', `0303 ${random.slice(2)}`, `malformed_message: ${SHORT}`],
    ['no compression method', `0303 ${random} 00 c02b`, `malformed_message: ${SHORT}`],
    ['half a length of extensions', `0303 ${random} 00 c02b 00 00`, `malformed_message: ${SHORT}`],
    ['fewer bytes than the extensions have', `0303 ${random} 00 c02b 00 0005 0017 0000`, `malformed_message: ${SHORT}`],
    ['bytes behind the extensions', `${hello('0017 0000')} 00`, `malformed_message: ${LONG}`],
    ['an extension that is cut off', hello('0017 0001'), `malformed_message: ${SHORT}`],
    ['extended_master_secret with contents', hello('0017 0001 00'), 'bad_extension'],
    ['server_name with contents', hello('0000 0001 00'), 'bad_extension'],
    ['session_ticket with contents', hello('0023 0001 00'), 'bad_extension'],
    ['renegotiation_info without its length byte', hello('ff01 0000'), 'renegotiation_info'],
    ['renegotiation_info of two bytes', hello('ff01 0002 00 00'), 'renegotiation_info'],
    ['renegotiation_info of a first byte that is not 0', hello('ff01 0001 01'), 'renegotiation_info'],
    ['no point formats', hello('000b 0001 00'), 'point_formats'],
    ['point formats that are cut off', hello('000b 0002 02 00'), `malformed_message: ${SHORT}`],
    ['bytes behind the point formats', hello('000b 0003 01 00 00'), `malformed_message: ${LONG}`],
  ])('may not have %s', (_what, hex, expected) => {
    expect(read(hex)).toEqual(expected);
    expect(read(hex, mbedtls)).toEqual(expected);
  });

  it('chooses from what was offered, not from what the device could do', () => {
    const ofOne = { ...strict, suites: [0xc02f] };
    expect(read(`0303 ${random} 00 c02b 00`, ofOne)).toBe('suite_not_offered');
    expect(read(`0303 ${random} 00 c02f 00`, ofOne)).toMatchObject({ suite: cipherSuites[1] });
    const withoutScsv = { ...strict, renegotiationScsv: false };
    expect(read(hello('ff01 0001 00'), withoutScsv)).toBe('unsolicited_extension');
    const withoutTicket = { ...strict, extensions: strict.extensions.filter((name) => name !== 'session_ticket') };
    expect(read(hello('0023 0000'), withoutTicket)).toBe('unsolicited_extension');
  });

  /** What the RFCs refuse, and the mbedTLS of the firmware takes. */
  it.each([
    ['an extension twice (RFC 5246 7.4.1.4)', '0017 0000 0017 0000', 'duplicate_extension'],
    ['an extension that no one knows', '1234 0000', 'unsolicited_extension'],
    // RFC 8422 5.2, RFC 5246 7.4.1.4.1: a server does not send them.
    ['supported_groups', '000a 0004 0002 0017', 'unsolicited_extension'],
    ['signature_algorithms', '000d 0004 0002 0403', 'unsolicited_extension'],
  ])('with %s', (_what, extensions, expected) => {
    expect(read(hello(`${extensions} 0017 0000`))).toBe(expected);
    expect(read(hello(extensions), mbedtls)).toMatchObject({ random: bytes(random) });
  });

  it('may not answer encrypt_then_mac, where it was offered, with an AEAD suite (RFC 7366 3)', () => {
    const offering = { ...strict, extensions: mbedtls.extensions };
    expect(read(hello('0016 0000'), offering)).toBe('encrypt_then_mac_with_aead');
    expect(read(hello('0016 0000'), mbedtls)).toEqual(plain);
  });

  it('keeps its random when the record that brought it is used again', () => {
    const body = bytes(hello(''));
    const { random: kept } = readServerHello(body, strict.extensions, strict);
    body.fill(0);
    expect(kept).toEqual(bytes(random));
  });
});

describe('a Certificate message (RFC 5246 7.4.2)', () => {
  it.each([
    ['one', '000005 000002 aabb', [bytes('aabb')]],
    ['two', '000009 000002 aabb 000001 cc', [bytes('aabb'), bytes('cc')]],
    ['none', '000000', 'malformed_message'],
    ['a list that is cut off', '000006 000002 aabb', `malformed_message: ${SHORT}`],
    ['one that is cut off', '000005 000003 aabb', `malformed_message: ${SHORT}`],
    ['one without its length', '000007 000002 aabb 0000', `malformed_message: ${SHORT}`],
    ['bytes behind the list', '000005 000002 aabb 00', `malformed_message: ${LONG}`],
  ])('with %s', (_what, hex, expected) => {
    expect(outcome(() => readCertificates(bytes(hex)))).toEqual(expected);
  });
});

describe('a CertificateRequest (RFC 5246 7.4.4)', () => {
  // ecdsa_sign is 64, rsa_sign 1; ecdsa with SHA-256 is 0403.
  it.each([
    ['the type and the algorithm of the device', '01 40 0002 0403 0000', true],
    ['them among others', '03 01 40 02 0006 0401 0403 0503 0000', true],
    ['names of CAs too', '01 40 0002 0403 0007 0002 3000 0001 30', true],
    ['another type', '01 01 0002 0403 0000', false],
    ['no type', '00 0002 0403 0000', false],
    ['another kind of signature', '01 40 0002 0401 0000', false],
    ['another digest', '01 40 0002 0503 0000', false],
    ['no algorithm', '01 40 0000 0000', false],
    ['no names', '01 40 0002 0403', `malformed_message: ${SHORT}`],
    ['half an algorithm', '01 40 0003 0403 04 0000', `malformed_message: ${SHORT}`],
    ['a name that is cut off', '01 40 0002 0403 0003 0002 30', `malformed_message: ${SHORT}`],
    ['bytes behind the names', '01 40 0002 0403 0000 00', `malformed_message: ${LONG}`],
  ])('with %s', (_what, hex, expected) => {
    expect(outcome(() => readCertificateRequest(bytes(hex)))).toBe(expected);
  });
});

describe('a NewSessionTicket (RFC 5077 3.3)', () => {
  it.each([
    ['a ticket', '0000012c 0002 aabb', undefined],
    ['an empty ticket', '0000012c 0000', undefined],
    ['a lifetime of three bytes', '00012c', `malformed_message: ${SHORT}`],
    ['a ticket that is cut off', '0000012c 0003 aabb', `malformed_message: ${SHORT}`],
    ['bytes behind the ticket', '0000012c 0002 aabb 00', `malformed_message: ${LONG}`],
  ])('with %s', (_what, hex, expected) => {
    expect(outcome(() => readSessionTicket(bytes(hex)))).toBe(expected);
  });
});

describe('a ServerKeyExchange (RFC 8422 5.4)', () => {
  const client = new Uint8Array(32).fill(1);
  const server = new Uint8Array(32).fill(2);
  const point = new Uint8Array(createECDH('prime256v1').generateKeys());
  const [ECDSA, RSA] = cipherSuites as [(typeof cipherSuites)[0], (typeof cipherSuites)[0]];
  const parameters = Uint8Array.of(3, 0, 23, 65, ...point);
  let ecdsa: { key: KeyObject; certificate: Certificate };
  let rsa: { key: KeyObject; certificate: Certificate };

  beforeAll(async () => {
    const own = async (draft: { rsaBits?: number }) => {
      const { der, keys } = await issue({ subject: 'broker', ...draft });
      return { key: KeyObject.from(keys.privateKey), certificate: parseCertificate(der) };
    };
    [ecdsa, rsa] = await Promise.all([own({}), own({ rsaBits: 2048 })]);
  });

  interface Draft {
    readonly suite?: (typeof cipherSuites)[0];
    readonly signer?: () => { key: KeyObject; certificate: Certificate };
    readonly certificate?: () => { certificate: Certificate };
    readonly digest?: string;
    readonly algorithm?: number;
    readonly parameters?: Uint8Array;
    readonly signed?: Uint8Array;
    readonly tail?: number;
    readonly policy?: typeof strict;
  }

  /** Reads a message that OpenSSL signed; `draft` says in what it differs from a good one. */
  function read(draft: Draft): unknown {
    const { suite = ECDSA, signer = () => ecdsa, digest = 'sha256', algorithm = 0x0403, policy = strict } = draft;
    const sent = draft.parameters ?? parameters;
    const signed = draft.signed ?? Uint8Array.of(...client, ...server, ...sent);
    const signature = sign(digest, signed, signer().key);
    const length = [signature.length >> 8, signature.length & 0xff];
    const head = [...sent, algorithm >> 8, algorithm & 0xff, ...length, ...signature];
    const tail = new Array<number>(Math.max(0, draft.tail ?? 0)).fill(0);
    const body = Uint8Array.from([...head.slice(0, Math.min(head.length, head.length + (draft.tail ?? 0))), ...tail]);
    const { publicKey } = (draft.certificate ?? signer)().certificate;
    return outcome(() => readServerKeyExchange(body, policy, suite, publicKey, client, server));
  }

  /** HashAlgorithm and SignatureAlgorithm of RFC 5246 7.4.1.4.1. */
  it.each([
    ['sha512', 6],
    ['sha384', 5],
    ['sha256', 4],
    ['sha224', 3],
    ['sha1', 2],
  ])('may be signed with %s, where that was offered', (digest, number) => {
    const isOffered = number >= 4;
    for (const [suite, signer, kind] of [
      [ECDSA, () => ecdsa, 3],
      [RSA, () => rsa, 1],
    ] as const) {
      const draft = { suite, signer, digest, algorithm: number * 256 + kind };
      expect(read({ ...draft, policy: mbedtls })).toEqual(point.slice(1));
      expect(read(draft)).toEqual(isOffered ? point.slice(1) : 'signature_algorithm');
    }
  });

  const other = createECDH('secp384r1').generateKeys();
  it.each<[string, Draft, string]>([
    [
      'an explicit curve (5.4: ECCurveType 1)',
      { parameters: Uint8Array.of(1, 0, 23, 65, ...point) },
      'bad_ecdh_parameters',
    ],
    ['another curve', { parameters: Uint8Array.of(3, 0, 24, 97, ...other) }, 'bad_ecdh_parameters'],
    ['a curve that was not offered', { policy: { ...strict, groups: [24] } }, 'bad_ecdh_parameters'],
    ['a point of 64 bytes', { parameters: Uint8Array.of(3, 0, 23, 64, ...point.slice(0, 64)) }, 'bad_ecdh_parameters'],
    ['a point of 66 bytes', { parameters: Uint8Array.of(3, 0, 23, 66, ...point, 0) }, 'bad_ecdh_parameters'],
    [
      'a compressed point',
      { parameters: Uint8Array.of(3, 0, 23, 33, 2, ...point.slice(1, 33)) },
      'bad_ecdh_parameters',
    ],
    [
      'a hybrid form of the point',
      { parameters: Uint8Array.of(3, 0, 23, 65, 6, ...point.slice(1)) },
      'bad_ecdh_parameters',
    ],
    ['a point beside the curve', { parameters: Uint8Array.of(3, 0, 23, 65, 4, ...new Uint8Array(63), 1) }, 'bad_point'],
    ['a digest that no RFC numbers', { algorithm: 0x0703 }, 'signature_algorithm'],
    ['a digest that was not offered', { algorithm: 0x0303, digest: 'sha224' }, 'signature_algorithm'],
    ['another digest than it says', { algorithm: 0x0503 }, 'bad_signature'],
    ['the kind of signature of the other suite', { suite: RSA }, 'signature_algorithm'],
    ['the key of the other kind', { certificate: () => rsa }, 'key_type_mismatch'],
    ['an RSA suite and an ECDSA key', { suite: RSA, algorithm: 0x0401 }, 'key_type_mismatch'],
    [
      'the randoms the wrong way round',
      { signed: Uint8Array.of(...server, ...client, ...parameters) },
      'bad_signature',
    ],
    ["another client's random", { signed: Uint8Array.of(...server, ...server, ...parameters) }, 'bad_signature'],
    ["another server's random", { signed: Uint8Array.of(...client, ...client, ...parameters) }, 'bad_signature'],
    ['other parameters', { signed: Uint8Array.of(...client, ...server, ...parameters.slice(1)) }, 'bad_signature'],
    ['bytes behind the signature', { tail: 1 }, `malformed_message: ${LONG}`],
    ['a signature that is cut off', { tail: -1 }, `malformed_message: ${SHORT}`],
  ])('is refused with %s', (_what, draft, expected) => {
    expect(read({})).toEqual(point.slice(1));
    expect(read(draft)).toBe(expected);
  });

  it('is refused when it names an algorithm that is offered but has no meaning', () => {
    const policy = { ...strict, signatureAlgorithms: [...strict.signatureAlgorithms, 0x0103, 0x0402] };
    // MD5 and DSA (RFC 5246 7.4.1.4.1).
    expect(read({ algorithm: 0x0103, policy })).toBe('signature_algorithm');
    expect(read({ algorithm: 0x0402, policy })).toBe('signature_algorithm');
  });

  it('needs the certificate that the key is of', () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const signer = () => ({ key: stranger.privateKey, certificate: ecdsa.certificate });
    expect(read({ signer })).toBe('bad_signature');
  });
});

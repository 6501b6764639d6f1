import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { matchesHost } from '../../../emulator/crypto/host-name.ts';
import { certificatesFromPem, hostNames, parseCertificate } from '../../../emulator/crypto/index.ts';
import { isSignedBy } from '../../../emulator/crypto/x509.ts';
import { isSameName } from '../../../emulator/crypto/x509-name.ts';
import { unhex as bytes, der, sequence } from '../../support/der.ts';

const ascii = (text: string) => new TextEncoder().encode(text);

const utcTime = (text: string) => der(0x17, ascii(text));

/** Object identifiers by their bytes: RFC 5758 3.2, RFC 5280 A. */
const ECDSA_SHA256 = bytes('06082a8648ce3d040302');
const COMMON_NAME = bytes('0603550403');
const BASIC_CONSTRAINTS = bytes('0603551d13');
const KEY_USAGE = bytes('0603551d0f');
const PURPOSES = bytes('0603551d25');
const ALTERNATIVE_NAMES = bytes('0603551d11');
const CRITICAL = bytes('0101ff');

const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const spki = new Uint8Array(keys.publicKey.export({ format: 'der', type: 'spki' }));
const nameOf = (text: string, tag = 0x0c) => sequence(der(0x31, sequence(COMMON_NAME, der(tag, ascii(text)))));
const extension = (...parts: readonly Uint8Array[]) =>
  sequence(...parts.slice(0, -1), der(0x04, parts.at(-1) as Uint8Array));

/** The fields of RFC 5280 4.1, each of which a test may change. */
interface Fields {
  readonly version?: Uint8Array;
  readonly serial?: Uint8Array;
  readonly inner?: Uint8Array;
  readonly outer?: Uint8Array;
  readonly issuer?: Uint8Array;
  readonly validity?: Uint8Array;
  readonly subject?: Uint8Array;
  readonly key?: Uint8Array;
  /** What stands between key and extensions. */
  readonly unique?: Uint8Array;
  readonly extensions?: readonly Uint8Array[];
  /** In place of the field of extensions. */
  readonly extensionsField?: Uint8Array;
  readonly behindBody?: Uint8Array;
  readonly signature?: Uint8Array;
  readonly behind?: Uint8Array;
  readonly behindAll?: Uint8Array;
}

const nothing = new Uint8Array(0);

function certificate(fields: Fields = {}): Uint8Array {
  const algorithm = sequence(ECDSA_SHA256);
  const { extensions = [] } = fields;
  const body = sequence(
    fields.version ?? bytes('a003 020102'),
    fields.serial ?? bytes('020101'),
    fields.inner ?? algorithm,
    fields.issuer ?? nameOf('root'),
    fields.validity ?? sequence(utcTime('200101000000Z'), utcTime('491231235959Z')),
    fields.subject ?? nameOf('broker'),
    fields.key ?? spki,
    fields.unique ?? nothing,
    fields.extensionsField ?? (extensions.length === 0 ? nothing : der(0xa3, sequence(...extensions))),
    fields.behindBody ?? nothing,
  );
  const signature = fields.signature ?? Uint8Array.of(0, ...sign('sha256', body, keys.privateKey));
  const whole = sequence(body, fields.outer ?? algorithm, der(0x03, signature), fields.behind ?? nothing);
  return Uint8Array.of(...whole, ...(fields.behindAll ?? nothing));
}

const read = (fields: Fields) => parseCertificate(certificate(fields));
const withExtension = (...parts: readonly Uint8Array[]) => read({ extensions: [extension(...parts)] }).extensions;

describe('a certificate', () => {
  it('is read as OpenSSL reads it', () => {
    const encoded = certificate({ extensions: [extension(ALTERNATIVE_NAMES, sequence(der(0x82, ascii('a.test'))))] });
    const openssl = new X509Certificate(encoded);
    const own = parseCertificate(encoded);
    expect(own.version).toBe(3);
    expect([own.notBefore, own.notAfter]).toEqual(
      [openssl.validFrom, openssl.validTo].map((t) => Date.parse(t) / 1000),
    );
    expect(openssl.subjectAltName).toBe('DNS:a.test');
    expect(own.extensions).toEqual({
      isAuthority: false,
      pathLength: undefined,
      keyUsage: undefined,
      extendedKeyUsage: undefined,
      alternativeNames: { dns: ['a.test'], addresses: [] },
    });
    expect(own.publicKey).toMatchObject({ kind: 'ecdsa', curve: 'prime256v1', bits: 256 });
    expect(own.signatureAlgorithm).toEqual({ kind: 'ecdsa', hash: 'sha256' });
    expect(openssl.verify(keys.publicKey)).toBe(true);
    expect(isSignedBy(own, own)).toBe(true);
  });

  it.each([
    ['version 1, which is not written (4.1.2.1)', { version: nothing }, { version: 1 }],
    ['version 2', { version: bytes('a003 020101') }, { version: 2 }],
    ['a unique identifier of the issuer (4.1.2.8)', { unique: bytes('810200aa') }, { version: 3 }],
    ['one of the subject', { unique: bytes('820200aa') }, { version: 3 }],
    ['both of them', { unique: bytes('810200aa 820200aa') }, { version: 3 }],
    ['an empty subject (4.1.2.6)', { subject: sequence() }, { subject: [] }],
  ] as const)('may have %s', (_what, fields, expected) => {
    expect(read(fields)).toMatchObject(expected);
  });

  it.each<[string, Fields, string]>([
    ['version 4', { version: bytes('a003 020103') }, 'X.509 version 4'],
    ['a version that is no number', { version: bytes('a003 010102') }, 'tag 1 where 2 belongs'],
    ['no serial number', { serial: nothing }, 'tag 48 where 2 belongs'],
    [
      'another algorithm inside',
      { inner: sequence(bytes('06082a8648ce3d040303')) },
      'two different signature algorithms',
    ],
    [
      'another algorithm outside',
      { outer: sequence(bytes('06082a8648ce3d040303')) },
      'two different signature algorithms',
    ],
    [
      'parameters outside alone',
      { outer: sequence(ECDSA_SHA256, bytes('0500')) },
      'two different signature algorithms',
    ],
    [
      'an attribute with two values',
      { issuer: sequence(der(0x31, sequence(COMMON_NAME, der(0x0c), der(0x0c)))) },
      'bytes after the last element',
    ],
    ['an empty set of attributes', { issuer: sequence(der(0x31)) }, 'an element without an end'],
    ['a name of no set', { issuer: sequence(sequence()) }, 'tag 48 where 49 belongs'],
    ['one date', { validity: sequence(utcTime('200101000000Z')) }, 'an element without an end'],
    [
      'a date without Z',
      { validity: sequence(utcTime('200101000000Z'), utcTime('491231235959')) },
      'the time "491231235959"',
    ],
    ['a key that is none', { key: sequence(bytes('0500')) }, 'a public key that OpenSSL cannot read'],
    ["the subject's identifier first", { unique: bytes('820200aa 810200aa') }, 'bytes after the last element'],
    ['two fields of extensions', { extensionsField: bytes('a3023000 a3023000') }, 'bytes after the last element'],
    ['bytes behind its fields', { behindBody: bytes('0500') }, 'bytes after the last element'],
    ['bytes behind its signature', { behind: bytes('0500') }, 'bytes after the last element'],
    ['bytes behind it', { behindAll: bytes('00') }, 'bytes after the last element'],
    ['a signature that ends within a byte', { signature: bytes('0130') }, 'a bit string that does not end on a byte'],
  ])('may not have %s', (_what, fields, complaint) => {
    expect(() => read(fields)).toThrow(
      expect.objectContaining({
        code: 'EMU_E_CERTIFICATE_MALFORMED',
        message: `the certificate is malformed: ${complaint}`,
      }),
    );
  });

  // RFC 3279 2.2, RFC 4055 5, RFC 5758 3.2.
  it.each([
    ['2a864886f70d010105', 'rsa', 'sha1'],
    ['2a864886f70d01010e', 'rsa', 'sha224'],
    ['2a864886f70d01010b', 'rsa', 'sha256'],
    ['2a864886f70d01010c', 'rsa', 'sha384'],
    ['2a864886f70d01010d', 'rsa', 'sha512'],
    ['2a8648ce3d0401', 'ecdsa', 'sha1'],
    ['2a8648ce3d040301', 'ecdsa', 'sha224'],
    ['2a8648ce3d040302', 'ecdsa', 'sha256'],
    ['2a8648ce3d040303', 'ecdsa', 'sha384'],
    ['2a8648ce3d040304', 'ecdsa', 'sha512'],
  ])('signed with %s is signed with %s and %s', (hex, kind, hash) => {
    const algorithm = sequence(der(0x06, bytes(hex)));
    expect(read({ inner: algorithm, outer: algorithm }).signatureAlgorithm).toEqual({ kind, hash });
  });

  it('signed with another algorithm is signed by no one (RSASSA-PSS, MD5, Ed25519)', () => {
    for (const hex of ['2a864886f70d01010a', '2a864886f70d010104', '2b6570']) {
      const algorithm = sequence(der(0x06, bytes(hex)));
      const own = read({ inner: algorithm, outer: algorithm });
      expect(own.signatureAlgorithm).toBeUndefined();
      expect(isSignedBy(own, own)).toBe(false);
    }
  });

  it('is signed by a key of the kind that its algorithm has', () => {
    const algorithm = sequence(bytes('06092a864886f70d01010b0500'));
    const own = read({ inner: algorithm, outer: algorithm });
    expect(isSignedBy(own, own)).toBe(false);
  });

  it.each([
    ['secp224r1', 224],
    ['prime256v1', 256],
    ['secp256k1', 256],
    ['secp384r1', 384],
    ['secp521r1', 521],
  ])('has a key on %s', (namedCurve, bits) => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve });
    const key = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
    expect(read({ key }).publicKey).toMatchObject({ kind: 'ecdsa', curve: namedCurve, bits });
  });

  it('has a key of another kind', () => {
    const key = new Uint8Array(generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }));
    expect(read({ key }).publicKey).toMatchObject({ kind: 'other', curve: undefined, bits: 0 });
  });
});

describe('extensions (RFC 5280 4.2)', () => {
  it.each([
    ['of a CA', '3003 0101ff', { isAuthority: true, pathLength: undefined }],
    ['of none, by default', '3000', { isAuthority: false, pathLength: undefined }],
    ['of none, in words', '3003 010100', { isAuthority: false, pathLength: undefined }],
    ['with no certificate below', '3006 0101ff 020100', { isAuthority: true, pathLength: 0 }],
    ['with 127 below', '3006 0101ff 02017f', { isAuthority: true, pathLength: 127 }],
  ])('basicConstraints %s', (_what, hex, expected) => {
    expect(withExtension(BASIC_CONSTRAINTS, CRITICAL, bytes(hex))).toMatchObject(expected);
    expect(withExtension(BASIC_CONSTRAINTS, bytes(hex))).toMatchObject(expected);
  });

  it.each([
    ['a negative path length', [BASIC_CONSTRAINTS, bytes('3006 0101ff 020180')], 'a path length over 127'],
    ['a path length of two bytes', [BASIC_CONSTRAINTS, bytes('3007 0101ff 02020080')], 'a path length over 127'],
    ['a path length of no bytes', [BASIC_CONSTRAINTS, bytes('3005 0101ff 0200')], 'a path length over 127'],
    ['bytes behind basicConstraints', [BASIC_CONSTRAINTS, bytes('3005 0101ff 0500')], 'bytes after the last element'],
    ['a usage that is no bit string', [KEY_USAGE, bytes('04020780')], 'tag 4 where 3 belongs'],
    ['a purpose that is no identifier', [PURPOSES, bytes('3003020101')], 'tag 2 where 6 belongs'],
    [
      'an unknown one that is critical',
      [bytes('06032a0304'), CRITICAL, bytes('0500')],
      'the critical extension 1.2.3.4, which is unknown',
    ],
    ['two values', [ALTERNATIVE_NAMES, bytes('0400'), bytes('3000')], 'bytes after the last element'],
  ])('with %s make a certificate malformed', (_what, parts, complaint) => {
    expect(() => withExtension(...parts)).toThrow(`the certificate is malformed: ${complaint}`);
  });

  it('of another kind are passed over when they are not critical', () => {
    expect(withExtension(bytes('06032a0304'), bytes('0500'))).toMatchObject({ isAuthority: false });
    expect(withExtension(bytes('06032a0304'), bytes('010100'), bytes('0500'))).toMatchObject({ isAuthority: false });
  });

  it.each([
    ['digitalSignature', '03020780', 0x80],
    ['keyCertSign and cRLSign', '03020106', 0x06],
    ['digitalSignature and, in the second byte, decipherOnly', '0303078080', 0x80],
    ['nothing', '030100', 0],
  ])('keyUsage with %s', (_what, hex, expected) => {
    expect(withExtension(KEY_USAGE, CRITICAL, bytes(hex)).keyUsage).toBe(expected);
  });

  it('extendedKeyUsage lists purposes, or none', () => {
    const [serverAuth, clientAuth] = [bytes('06082b06010505070301'), bytes('06082b06010505070302')];
    expect(withExtension(PURPOSES, sequence(clientAuth, serverAuth)).extendedKeyUsage).toEqual([
      '1.3.6.1.5.5.7.3.2',
      '1.3.6.1.5.5.7.3.1',
    ]);
    expect(withExtension(PURPOSES, sequence()).extendedKeyUsage).toEqual([]);
  });

  // RFC 5280 4.2.1.6: [1] rfc822Name, [2] dNSName, [6] uniformResourceIdentifier, [7] iPAddress.
  it('subjectAltName counts by its names and addresses', () => {
    const names = sequence(
      der(0x81, ascii('a@mail.test')),
      der(0x82, ascii('a.test')),
      der(0x86, ascii('mqtts://uri.test')),
      der(0x87, bytes('0a000005')),
      der(0x82, ascii('b.test')),
    );
    expect(withExtension(ALTERNATIVE_NAMES, names).alternativeNames).toEqual({
      dns: ['a.test', 'b.test'],
      addresses: [bytes('0a000005')],
    });
    expect(withExtension(ALTERNATIVE_NAMES, sequence()).alternativeNames).toEqual({ dns: [], addresses: [] });
  });
});

describe('the host that a certificate is for (RFC 6125 6.4)', () => {
  const named = (...names: readonly Uint8Array[]) =>
    read({ extensions: [extension(ALTERNATIVE_NAMES, sequence(...names))] });
  const [v4, v6] = [bytes('0a000005'), bytes('20010db8000000000000000000000001')];

  it.each([
    ['10.0.0.5', [der(0x87, v4)], true],
    ['10.0.0.5', [der(0x82, ascii('a.test')), der(0x87, v6), der(0x87, v4)], true],
    ['10.0.0.6', [der(0x87, v4)], false],
    ['10.0.0.5', [der(0x87, v4.subarray(0, 3))], false],
    ['10.0.0.5', [der(0x87, bytes('0a00000500000000'))], false],
    ['10.0.0.5', [der(0x86, ascii('10.0.0.5'))], false],
    ['2001:db8::1', [der(0x87, v6)], true],
    ['2001:db8::2', [der(0x87, v6)], false],
    ['a.test', [der(0x87, v4)], false],
    ['b.test', [der(0x82, ascii('a.test')), der(0x82, ascii('b.test'))], true],
    ['c.test', [der(0x82, ascii('a.test')), der(0x82, ascii('b.test'))], false],
    ['broker', [], false],
  ])('%s', (host, names, expected) => {
    expect(matchesHost(named(...names), host)).toBe(expected);
    expect(named(...names).subject).toEqual(read({}).subject);
  });

  it('is told by its names and its addresses', () => {
    expect(hostNames(named(der(0x87, v4), der(0x82, ascii('a.test'))))).toEqual(['a.test', '10.0.0.5']);
  });

  it('is one of its common names when it has no alternative ones', () => {
    const attribute = (type: string, text: string) => der(0x31, sequence(bytes(type), der(0x0c, ascii(text))));
    // 2.5.4.3 is the common name, 2.5.4.10 the organization.
    const subject = sequence(
      attribute('0603550403', 'a.test'),
      attribute('060355040a', 'org.test'),
      attribute('0603550403', 'b.test'),
    );
    const own = read({ subject });
    expect(hostNames(own)).toEqual(['a.test', 'b.test']);
    expect(['a.test', 'b.test', 'org.test'].map((host) => matchesHost(own, host))).toEqual([true, true, false]);
    const together = sequence(
      der(
        0x31,
        sequence(bytes('0603550403'), der(0x0c, ascii('a.test'))),
        sequence(bytes('0603550403'), der(0x0c, ascii('b.test'))),
      ),
    );
    expect(hostNames(read({ subject: together }))).toEqual(['a.test', 'b.test']);
  });
});

it('names are the same by type, order and value (RFC 5280 7.1)', () => {
  const [UTF8, PRINTABLE, IA5] = [0x0c, 0x13, 0x16];
  const name = (...attributes: readonly [type: string, tag: number, text: string][]) =>
    read({
      subject: sequence(
        ...attributes.map(([type, tag, text]) => der(0x31, sequence(bytes(type), der(tag, ascii(text))))),
      ),
    }).subject;
  const [CN, O] = ['0603550403', '060355040a'];
  const root = name([CN, UTF8, 'root'], [O, UTF8, 'test']);
  for (const [other, expected] of [
    [name([CN, UTF8, 'root'], [O, UTF8, 'test']), true],
    [name([CN, PRINTABLE, 'ROOT'], [O, UTF8, 'Test']), true],
    [name([CN, UTF8, 'root']), false],
    [name([CN, UTF8, 'root'], [O, UTF8, 'test'], [O, UTF8, 'test']), false],
    [name([O, UTF8, 'test'], [CN, UTF8, 'root']), false],
    [name([CN, UTF8, 'root'], [CN, UTF8, 'test']), false],
    [name([CN, UTF8, 'roots'], [O, UTF8, 'test']), false],
    [name([CN, UTF8, 'boot'], [O, UTF8, 'test']), false],
    [name([CN, UTF8, 'root'], [O, UTF8, 'best']), false],
    [name([CN, IA5, 'root'], [O, UTF8, 'test']), false],
  ] as const) {
    expect(isSameName(root, other)).toBe(expected);
    expect(isSameName(other, root)).toBe(expected);
  }
  // Other kinds of text compare by their bytes.
  expect(isSameName(name([CN, IA5, 'root']), name([CN, IA5, 'root']))).toBe(true);
  expect(isSameName(name([CN, IA5, 'root']), name([CN, IA5, 'ROOT']))).toBe(false);
});

describe('PEM (RFC 7468)', () => {
  const pem = (label: string, text: string) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;

  it('takes the certificates out of a text, in their order', () => {
    const text = `a comment\n${pem('CERTIFICATE', 'AQI=')}${pem('PRIVATE KEY', 'BQY=')}${pem('X509 CERTIFICATE', 'Aw==')}`;
    expect(certificatesFromPem(text)).toEqual([bytes('0102'), bytes('03')]);
    expect(certificatesFromPem(pem('TRUSTED CERTIFICATE', 'AQI='))).toEqual([bytes('0102')]);
  });

  it.each([
    '',
    'AQI=',
    pem('PRIVATE KEY', 'AQI='),
    '-----BEGIN CERTIFICATE-----\nAQI=\n',
    pem('MY CERTIFICATE', 'AQI='),
  ])('finds none in %j', (text) => {
    expect(() => certificatesFromPem(text)).toThrow(expect.objectContaining({ code: 'EMU_E_PEM_EMPTY' }));
  });
});

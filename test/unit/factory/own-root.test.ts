import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rootRng } from '../../../emulator/rng/index.ts';
import {
  basicConstraints,
  distinguishedName,
  extension,
  issueCertificate,
  keyUsage,
  subjectKeyIdentifier,
} from '../../../src/factory/certificate.ts';
import { certificatePem, loadCa } from '../../../src/factory/index.ts';
import { makeKeyPair } from '../../../src/factory/keys.ts';
import { createCa as createForeignRoot } from '../../support/certificates.ts';
import { caOptions, NOW } from './fleet.ts';

const keys = makeKeyPair(rootRng('own root'));
const keyPem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const CA_EXTENSIONS = [subjectKeyIdentifier(keys.publicKey), basicConstraints(true)];

// RFC 5280 4.1.2.5: dates through 2049 are UTCTime (17), later ones GeneralizedTime (18).
it.each([
  ['2049-12-31T23:59:59Z', '170d3439313233313233353935395a'],
  ['2050-01-01T00:00:00Z', '180f32303530303130313030303030305a'],
])('a certificate that ends at %s says so in %s', (end, encoded) => {
  const { raw } = new X509Certificate(rootWith(CA_EXTENSIONS, new Date(end)));
  expect(raw.toString('hex')).toContain(encoded);
});

/** A self-signed certificate of the own root's key. */
function rootWith(extensions = CA_EXTENSIONS, notAfter = new Date('2040-01-01T00:00:00Z')): string {
  const name = distinguishedName('Own & Co', 'Own Root');
  const der = issueCertificate(
    {
      serialNumber: new Uint8Array(16).fill(0x41),
      issuer: name,
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter,
      subject: name,
      publicKey: keys.publicKey,
      extensions,
    },
    keys.privateKey,
  );
  return certificatePem(der);
}

function load(certificate: string, key = keyPem, years?: number) {
  const options = { ...caOptions(), ...(years !== undefined && { years }) };
  return loadCa({ certificatePem: certificate, keyPem: key }, options);
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('a root of one’s own', () => {
  it('issues the signer under its own name', () => {
    const pem = rootWith();
    const { root, signer } = load(pem);
    expect(root.der).toEqual(Uint8Array.from(new X509Certificate(pem).raw));
    expect(root.publicKey).toEqual(keys.publicKey);
    const [parent, child] = [new X509Certificate(root.der), new X509Certificate(signer.der)];
    expect(child.checkIssued(parent)).toBe(true);
    expect(child.verify(parent.publicKey)).toBe(true);
    expect(child.issuer).toBe('O=Own & Co\nCN=Own Root');
    expect(child.subject).toBe('O=testcorp\nCN=signerca');
  });

  it('may name itself in another way than the fleet does', async () => {
    const foreign = await createForeignRoot({ commonName: 'foreign root' });
    const now = new Date();
    const { root, signer } = loadCa(
      { certificatePem: foreign.certificate, keyPem: foreign.key },
      { ...caOptions(), now },
    );
    expect(new X509Certificate(signer.der).checkIssued(new X509Certificate(root.der))).toBe(true);
  });

  it('may have its key in SEC 1 form', () => {
    expect(() => load(rootWith(), keys.privateKey.export({ type: 'sec1', format: 'pem' }).toString())).not.toThrow();
  });

  it('may limit its key usage as long as it can sign certificates', () => {
    expect(() => load(rootWith([...CA_EXTENSIONS, keyUsage(0x06)]))).not.toThrow();
  });

  it.each([
    ['no PEM at all', 'hello', 'EMU_E_CA_CERTIFICATE'],
    [
      'PEM of something else',
      '-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n',
      'EMU_E_CA_CERTIFICATE',
    ],
    ['no constraints', rootWith([subjectKeyIdentifier(keys.publicKey)]), 'EMU_E_CA_NOT_CA'],
    ['a leaf', rootWith([basicConstraints(false)]), 'EMU_E_CA_NOT_CA'],
    ['path length 0', rootWith([basicConstraints(true, 0)]), 'EMU_E_CA_NOT_CA'],
    ['cRLSign alone', rootWith([...CA_EXTENSIONS, keyUsage(0x02)]), 'EMU_E_CA_NOT_CA'],
    ['an expired one', rootWith(CA_EXTENSIONS, new Date('2026-06-01T00:00:00Z')), 'EMU_E_CA_VALIDITY'],
    [
      'a key identifier of its own',
      rootWith([extension('2.5.29.14', false, Uint8Array.of(4, 2, 1, 2).buffer), basicConstraints(true)]),
      'EMU_E_CA_KEY_IDENTIFIER',
    ],
  ])('is refused with %s', (_, certificate, expected) => {
    expect(() => load(certificate)).toThrow(code(expected));
  });

  it('is refused before it is valid', () => {
    const early = { ...caOptions(), now: new Date('2025-12-31T23:00:00Z') };
    expect(() => loadCa({ certificatePem: rootWith(), keyPem }, early)).toThrow(code('EMU_E_CA_VALIDITY'));
    expect(NOW.getTime()).toBeGreaterThan(early.now.getTime());
  });

  it('is refused with a key that cannot be read, without showing it', () => {
    const unreadable = keyPem.replace('PRIVATE KEY', 'PRIVATE THING');
    expect(() => load(rootWith(), unreadable)).toThrow(code('EMU_E_CA_KEY'));
    const locked = keys.privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'secret' })
      .toString();
    expect(() => load(rootWith(), locked)).toThrow(expect.objectContaining({ code: 'EMU_E_CA_KEY', value: undefined }));
  });

  /** PEM with one bit of its DER changed, at `offset` from the end where that is negative. */
  function damaged(pem: string, offset: number): string {
    const [, label = '', body = ''] = /-----BEGIN ([^-]+)-----([^-]+)-----END/.exec(pem) ?? [];
    const der = Buffer.from(body, 'base64');
    const at = offset < 0 ? der.length + offset : offset;
    der[at] = (der[at] ?? 0) ^ 1;
    return `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`;
  }

  it('is refused with a signature that is not its own', () => {
    expect(() => load(damaged(rootWith(), -1))).toThrow(
      expect.objectContaining({ code: 'EMU_E_CA_CERTIFICATE', message: expect.stringContaining('is damaged') }),
    );
  });

  it('is refused with a key that is no point of its curve', () => {
    const der = Buffer.from(new X509Certificate(rootWith()).raw);
    const key = der.indexOf(keys.publicKey);
    expect(key).toBeGreaterThan(0);
    expect(() => load(damaged(rootWith(), key))).toThrow(code('EMU_E_CA_CERTIFICATE'));
  });

  it('is refused with a private key that has the right public half and signs otherwise', () => {
    // SEC 1 (RFC 5915): version, then the scalar of 32 bytes, then the public key.
    const sec1 = keys.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    expect(() => load(rootWith(), damaged(sec1, 20))).toThrow(
      expect.objectContaining({ code: 'EMU_E_CA_KEY', message: expect.stringContaining('is damaged') }),
    );
  });

  it('is refused with the key of another certificate', () => {
    const other = makeKeyPair(rootRng('other')).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => load(rootWith(), other)).toThrow(code('EMU_E_CA_KEY_MISMATCH'));
  });

  it('is refused with a key whose private half is another than its public one', () => {
    const der = keys.privateKey.export({ type: 'pkcs8', format: 'der' });
    const scalar = Buffer.from(keys.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
    const at = der.indexOf(scalar) + 20;
    der[at] = (der[at] ?? 0) ^ 1;
    const text = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
    expect(() => load(rootWith(), text)).toThrow(code('EMU_E_CA_KEY'));
  });

  it('is refused as what it is, or loads, whichever of its bytes is damaged', () => {
    const der = new X509Certificate(rootWith()).raw;
    const ends = new Set<unknown>();
    for (let at = 0; at < der.length; at++) {
      const damaged = Uint8Array.from(der);
      damaged[at] = at % 2 === 0 ? 0 : (der[at] ?? 0) ^ 0x40;
      try {
        load(certificatePem(damaged));
      } catch (error) {
        ends.add((error as { code?: unknown }).code ?? error);
      }
    }
    // A signature that does not fit makes it a certificate that somebody else issued.
    expect(ends).toEqual(new Set(['EMU_E_CA_CERTIFICATE', 'EMU_E_CA_NOT_CA', 'EMU_E_CA_CHAIN']));
  });

  it.each([
    ['Ed25519', () => generateKeyPairSync('ed25519').privateKey, 'ed25519'],
    ['secp256k1', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey, 'secp256k1'],
    ['RSA of 1024 bits', () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey, 'rsa 1024'],
  ])('is refused with a key of %s', (_, generate, value) => {
    const key = generate().export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => load(rootWith(), key)).toThrow(expect.objectContaining({ code: 'EMU_E_CA_CURVE', value }));
  });

  it.each([
    ['not a whole number', 1.5],
    ['no year', 0],
    ['more than five bits hold', 32],
    ['more than a signer’s UTCTime holds', 24],
  ])('issues for no number of years that is %s', (_, years) => {
    expect(() => load(rootWith(), keyPem, years)).toThrow(code('EMU_E_CA_YEARS'));
  });

  it('issues a signer through 2049', () => {
    expect(new X509Certificate(load(rootWith(), keyPem, 23).signer.der).validTo).toBe('Jun 17 10:49:45 2049 GMT');
  });
});

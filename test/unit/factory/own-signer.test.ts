import { KeyObject, X509Certificate } from 'node:crypto';
import { Certificate } from 'pkijs';
import { describe, expect, it } from 'vitest';
import { loadCredentials } from '../../../emulator/host-library/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  distinguishedName,
  issueCertificate,
  keyUsage,
  subjectKeyIdentifier,
  subjectOf,
} from '../../../src/factory/certificate.ts';
import { type Ca, certificatePem, DeviceFactory, loadCa } from '../../../src/factory/index.ts';
import { makeKeyPair } from '../../../src/factory/keys.ts';
import { type Issued, issue } from '../../support/chains.ts';
import { Bench, caOptions, LAYOUT, NAMES, SEED_CHIP } from './fleet.ts';

interface Draft {
  readonly serialBytes?: number;
  readonly notAfter?: string;
  readonly extensions?: ReturnType<typeof basicConstraints>[];
  /** Issues in place of the P-256 root. */
  readonly issuer?: { readonly der: Uint8Array; readonly privateKey: KeyObject };
}

const rootKeys = makeKeyPair(rootRng('brought root'));
const signerKeys = makeKeyPair(rootRng('brought signer'));
const rootName = distinguishedName('Own & Co', 'Own Root');
const rootDer = issueCertificate(
  {
    serialNumber: new Uint8Array(16).fill(0x41),
    issuer: rootName,
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2040-01-01T00:00:00Z'),
    subject: rootName,
    publicKey: rootKeys.publicKey,
    extensions: [subjectKeyIdentifier(rootKeys.publicKey), basicConstraints(true)],
  },
  rootKeys.privateKey,
);

function signer({ serialBytes = 16, notAfter = '2036-01-01T00:00:00Z', extensions, issuer }: Draft = {}): Uint8Array {
  const above = issuer ?? { der: rootDer, privateKey: rootKeys.privateKey };
  return issueCertificate(
    {
      serialNumber: new Uint8Array(serialBytes).fill(0x42),
      issuer: subjectOf(above.der),
      notBefore: new Date('2026-02-01T12:34:56Z'),
      notAfter: new Date(notAfter),
      subject: distinguishedName('Own & Co', 'Own Signer'),
      publicKey: signerKeys.publicKey,
      extensions: extensions ?? [
        basicConstraints(true, 0),
        keyUsage(0x06),
        subjectKeyIdentifier(signerKeys.publicKey),
        authorityKeyIdentifier(rootKeys.publicKey),
      ],
    },
    above.privateKey,
  );
}

const keyPem = signerKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pem = (...certificates: Uint8Array[]) => certificates.map(certificatePem).join('');
const load = (certificates: string, years?: number) =>
  loadCa({ certificatePem: certificates, keyPem }, { ...caOptions(), ...(years !== undefined && { years }) });

/** What device 0 of a fleet under `ca` sends in the handshake. */
function chainOfDevice(ca: Ca): X509Certificate[] {
  const profile = {
    chip: { ...SEED_CHIP, spareKeySlots: [...SEED_CHIP.spareKeySlots] },
    certificates: { ...NAMES, ...LAYOUT, deviceCommonName: 'template' as const },
  };
  const factory = new DeviceFactory({ rng: rootRng('fleet'), ca, profile });
  const { memory, commonName } = factory.provisionDevice(0);
  const name = new TextEncoder().encode(commonName);
  return loadCredentials(new Bench(memory).driver, factory.definitions, name).map((der) => new X509Certificate(der));
}

describe('a signer of one’s own', () => {
  it('issues the devices, and comes back from their chips byte for byte', async () => {
    const der = signer();
    const ca = load(pem(der, rootDer));
    expect(ca.signer.der).toEqual(der);
    expect(ca.anchors).toEqual([rootDer]);
    expect(ca.root).toEqual({ der: rootDer, publicKey: rootKeys.publicKey });
    const [device, sent] = chainOfDevice(ca);
    expect(sent?.raw.equals(der)).toBe(true);
    expect(device?.verify(new X509Certificate(der).publicKey)).toBe(true);
    expect(device?.issuer).toBe('O=Own & Co\nCN=Own Signer');
  });

  it('may have devices that end', async () => {
    const [device] = chainOfDevice(load(pem(signer(), rootDer), 31));
    expect(device?.validTo).toBe('Jun 17 10:00:00 2057 GMT');
  });

  it('needs its root beside it', () => {
    expect(() => load(pem(signer()))).toThrow(
      expect.objectContaining({ code: 'EMU_E_CA_CHAIN', hint: expect.stringContaining('CN=Own Root') }),
    );
  });

  it.each([
    ['a serial number of 8 bytes', { serialBytes: 8 }],
    ['dates past 2049', { notAfter: '2050-01-01T00:00:00Z' }],
    [
      'no authority key identifier',
      { extensions: [basicConstraints(true, 0), subjectKeyIdentifier(signerKeys.publicKey)] },
    ],
  ])('is refused with %s', (_, draft) => {
    expect(() => load(pem(signer(draft), rootDer))).toThrow(expect.objectContaining({ code: 'EMU_E_CA_SIGNER' }));
  });

  it('is refused with another authority key identifier than its root has', () => {
    const extensions = [
      basicConstraints(true, 0),
      subjectKeyIdentifier(signerKeys.publicKey),
      authorityKeyIdentifier(signerKeys.publicKey),
    ];
    expect(() => load(pem(signer({ extensions }), rootDer))).toThrow(
      expect.objectContaining({ code: 'EMU_E_CA_CHAIN' }),
    );
  });

  it('is refused under a root of RSA, whose signature has no room in a slot', async () => {
    const { der, keys } = await issue({ subject: 'rsa root', isAuthority: true, rsaBits: 2048 });
    const under = signer({ issuer: { der, privateKey: KeyObject.from(keys.privateKey) } });
    expect(() => load(pem(under, der))).toThrow(expect.objectContaining({ code: 'EMU_E_CA_SIGNER' }));
  });
});

describe('a CA whose key no chip can hold', () => {
  const own = ({ der, keys }: Issued) =>
    loadCa(
      {
        certificatePem: certificatePem(der),
        keyPem: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
      caOptions(),
    );

  it.each([
    ['RSA', { rsaBits: 2048 }, '1.2.840.113549.1.1.11'],
    ['P-384', { curve: 'P-384', hash: 'SHA-384' }, '1.2.840.10045.4.3.3'],
  ] as const)('of %s has a P-256 root of the fleet put under it', async (_, kind, algorithm) => {
    const brought = await issue({ subject: 'big root', isAuthority: true, ...kind });
    const ca = own(brought);
    const big = new X509Certificate(brought.der);
    const root = new X509Certificate(ca.root.der);
    expect(ca.anchors).toEqual([ca.root.der, brought.der]);
    expect(root.checkIssued(big) && root.verify(big.publicKey)).toBe(true);
    expect(root.subject).toBe('O=testcorp\nCN=rootca');
    expect(root.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(Certificate.fromBER(root.raw).signatureAlgorithm.algorithmId).toBe(algorithm);
    const [device, sent] = chainOfDevice(ca);
    expect(sent?.checkIssued(root) && sent.verify(root.publicKey)).toBe(true);
    expect(device?.verify((sent as X509Certificate).publicKey)).toBe(true);
  });

  it.each([0, 1])('with path length %i has no room for two CAs', async (pathLength) => {
    const brought = await issue({ subject: 'big root', isAuthority: true, rsaBits: 2048, pathLength });
    expect(() => own(brought)).toThrow(expect.objectContaining({ code: 'EMU_E_CA_NOT_CA' }));
  });
});

import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeCompressed, rebuildDevice } from '../../../emulator/host-library/index.ts';
import { type Rng, rootRng } from '../../../emulator/rng/index.ts';
import { deviceDefinition } from '../../../src/factory/device-certificate.ts';
import { createCa, createServerCa, serverCertificate } from '../../../src/factory/index.ts';
import { chainAt, hex, unhex } from '../host-library/certificates/vectors.ts';
import { caOptions, NAMES, NOW } from './fleet.ts';

const chain = chainAt(0);

/** Keys of chain 0 of certificates.json, left out there; its serial numbers stand beside them. */
const BRANCHES: Record<string, string> = {
  'pki root key': 'cefde080074f8977e2127c7a636db7d6658a878e56a5f38fbaefc578f7e70fa3',
  'pki signer key': 'aa345389bda73cd101adb38367e3db707896630d1b327277323cab5aecb9a66a',
  'pki root serial': chain.sn.root,
  'pki signer serial': chain.sn.signer,
};

/** A branch that draws what the chain was made of. */
const chainRng: Rng = {
  bytes: () => new Uint8Array(0),
  fraction: () => 0,
  fork: (...path) => ({ ...chainRng, bytes: () => unhex(BRANCHES[path.join(' ')] ?? '') }),
};

/** TBSCertificate with its header: 4 bytes of outer header, then a length of two bytes. */
function tbs(der: Uint8Array): string {
  const view = new DataView(der.buffer, der.byteOffset);
  return hex(der.subarray(4, 8 + view.getUint16(6)));
}

/** The chain was issued at 10:49:45; a fleet is issued a day before it is made. */
const chainAuthority = () => createCa({ rng: chainRng, now: new Date('2019-06-19T10:49:45.678Z'), names: NAMES });

describe('the certificates of a fleet, to the byte', () => {
  it('root', () => {
    expect(tbs(chainAuthority().root.der)).toBe(tbs(unhex(chain.der.root)));
  });

  it('signer', () => {
    expect(tbs(chainAuthority().signer.der)).toBe(tbs(unhex(chain.der.signer)));
  });

  it('device, from the fleet’s template', () => {
    const definition = deviceDefinition(chainAuthority());
    const rebuilt = rebuildDevice({
      definition,
      compressed: encodeCompressed({
        signature: new Uint8Array(64).fill(1),
        encodedDates: unhex(chain.encDates.device),
        signerId: new Uint8Array(2),
        templateId: 2,
        chainId: 0,
        snSource: 0xa,
        formatVersion: 0,
        byte71: 0,
      }),
      publicKey64: unhex(chain.pub.device),
      authorityKey72: unhex(chain.slots[11]),
      commonName: new TextEncoder().encode(chain.serial),
    });
    expect(rebuilt.status === 0 && tbs(rebuilt.der)).toBe(tbs(unhex(chain.der.device)));
  });
});

describe('a CA', () => {
  it('is valid the day before it is made, root for 25 years and signer for 10', () => {
    const { root, signer, issuedAt } = createCa(caOptions());
    expect(issuedAt.toISOString()).toBe('2026-06-17T10:49:45.000Z');
    expect(new X509Certificate(root.der).validFrom).toBe('Jun 17 10:49:45 2026 GMT');
    expect(new X509Certificate(root.der).validTo).toBe('Jun 17 10:49:45 2051 GMT');
    expect(new X509Certificate(signer.der).validTo).toBe('Jun 17 10:49:45 2036 GMT');
  });

  it.each(['2028-02-29T12:00:00Z', '2028-03-01T12:00:00Z'])('is never issued on 29 February (made %s)', (now) => {
    const { issuedAt } = createCa({ ...caOptions(), now: new Date(now) });
    expect(issuedAt.toISOString()).toBe('2028-02-28T12:00:00.000Z');
  });

  it.each(['1999-12-31T12:00:00Z', '2032-01-02T12:00:00Z', 'nonsense'])(
    'cannot be issued in a year that five bits do not hold (%s)',
    (now) => {
      expect(() => createCa({ ...caOptions(), now: new Date(now) })).toThrow(
        expect.objectContaining({ code: 'EMU_E_ISSUE_DATE' }),
      );
    },
  );

  it('has the same keys and serial numbers again for the same seed', () => {
    const [first, second] = [createCa(caOptions()), createCa(caOptions())];
    expect(tbs(second.root.der)).toBe(tbs(first.root.der));
    expect(tbs(second.signer.der)).toBe(tbs(first.signer.der));
    const other = createCa(caOptions(rootRng('another fleet')));
    expect(other.root.publicKey).not.toEqual(first.root.publicKey);
  });

  it('survives a structured clone, so that threads can share it', () => {
    const ca = structuredClone(createCa(caOptions()));
    expect(new X509Certificate(ca.signer.der).checkPrivateKey(ca.signer.privateKey)).toBe(true);
  });
});

describe('a server certificate', () => {
  const ca = createServerCa({ rng: rootRng('servers'), now: NOW, organization: 'testcorp' });
  const server = serverCertificate({
    ca,
    hosts: ['broker.example', 'localhost', '127.0.0.1', '::1', '2001:db8::a:0:b', '::ffff:192.0.2.1'],
    rng: rootRng('server'),
  });
  const x509 = new X509Certificate(server.certificatePem);

  it('is issued by a CA for servers alone, for its names and addresses', () => {
    expect(x509.verify(new X509Certificate(ca.root.der).publicKey)).toBe(true);
    expect(x509.subject).toBe('O=testcorp\nCN=broker.example');
    for (const name of ['broker.example', 'localhost']) expect(x509.checkHost(name)).toBe(name);
    expect(x509.checkHost('other.example')).toBeUndefined();
    for (const address of ['127.0.0.1', '::1', '2001:db8::a:0:b', '::ffff:192.0.2.1']) {
      expect(x509.checkIP(address)).toBe(address);
    }
    expect(x509.checkIP('127.0.0.2')).toBeUndefined();
  });

  it('is not a CA, and comes with its P-256 key', () => {
    expect(x509.ca).toBe(false);
    expect(server.keyPem).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(x509.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(Date.parse(x509.validFrom)).toBeLessThan(NOW.getTime());
    expect(Date.parse(x509.validTo)).toBeGreaterThan(NOW.getTime());
  });
});

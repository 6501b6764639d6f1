import { beforeAll, describe, expect, it } from 'vitest';
import { Refused } from '../../../emulator/tls/failure.ts';
import { TrustStore } from '../../../emulator/tls/index.ts';
import { type CertificateDraft, type Issued, issue } from '../../support/chains.ts';
import { mbedtls, strict } from '../../support/tls-client.ts';

const leaf = { subject: 'broker', dnsNames: ['broker.test'] };
const ca = { isAuthority: true, keyUsage: 0x06 };
const in2026 = () => Date.UTC(2026, 0, 1) / 1000;

let root: Issued;
beforeAll(async () => {
  root = await issue({ subject: 'root', ...ca });
});

function refusal(
  chain: readonly Issued[],
  options: { trusted?: readonly Issued[]; host?: string; now?: () => number; rules?: typeof mbedtls.certificates } = {},
): string {
  const { trusted = [root], host = 'broker.test', now = in2026, rules = mbedtls.certificates } = options;
  const store = new TrustStore(
    trusted.map(({ der }) => der),
    rules,
  );
  try {
    store.verify(
      chain.map(({ der }) => der),
      host,
      now,
    );
    return 'taken';
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.refusal;
  }
}

/** root, `count` intermediates each with `of`'s fields, leaf; in the order sent, without the root. */
async function chainOf(
  count: number,
  of: (index: number) => Partial<CertificateDraft> = () => ({}),
): Promise<Issued[]> {
  const chain: Issued[] = [];
  let issuer = root;
  for (let i = 0; i < count; i++) {
    issuer = await issue({ subject: `intermediate ${i}`, ...ca, issuer, ...of(i) });
    chain.unshift(issuer);
  }
  return [await issue({ ...leaf, issuer }), ...chain];
}

describe('a chain', () => {
  it('leads over intermediates in any order, with or without the root', async () => {
    const [server, second, first] = (await chainOf(2)) as [Issued, Issued, Issued];
    expect(refusal([server, second, first])).toBe('taken');
    expect(refusal([server, second, first, root])).toBe('taken');
    // x509_crt_find_parent looks only at what follows a certificate.
    expect(refusal([server, first, second])).toBe('unknown_ca');
    expect(refusal([server, second])).toBe('unknown_ca');
    expect(refusal([server])).toBe('unknown_ca');
  });

  it('ends at a trusted intermediate', async () => {
    const [server, intermediate] = (await chainOf(1)) as [Issued, Issued];
    expect(refusal([server], { trusted: [intermediate] })).toBe('taken');
  });

  it('may be one self-signed certificate that is trusted itself, and only that', async () => {
    const own = await issue(leaf);
    expect(refusal([own], { trusted: [own] })).toBe('taken');
    expect(refusal([own])).toBe('unknown_ca');
    expect(refusal([own, root])).toBe('unknown_ca');
  });

  it('may be no other certificate that is trusted itself (x509_crt_check_ee_locally_trusted)', async () => {
    const server = await issue({ ...leaf, issuer: root });
    expect(refusal([server], { trusted: [server] })).toBe('unknown_ca');
    // Nor does it lend its trust to a self-signed CA above it.
    expect(refusal([server, root], { trusted: [server] })).toBe('unknown_ca');
  });

  it('compares names whole: one that goes on is another', async () => {
    const longer = await issue({ subject: 'root', organization: 'somebody', ...ca });
    expect(refusal([await issue({ ...leaf, issuer: longer })], { trusted: [longer] })).toBe('taken');
    const shorter = await issue({ ...leaf, issuer: { ...longer, name: root.name } });
    expect(refusal([shorter], { trusted: [longer] })).toBe('unknown_ca');
  });

  it('compares names as text, case ignored', async () => {
    const shouting = await issue({ subject: 'ROOT', ...ca, utf8: true });
    const server = await issue({ ...leaf, issuer: { ...shouting, name: root.name } });
    expect(refusal([server], { trusted: [shouting] })).toBe('taken');
  });

  it('does not hang together by name alone', async () => {
    const impostor = await issue({ subject: 'root', ...ca });
    expect(refusal([await issue({ ...leaf, issuer: impostor })])).toBe('ca_signature');
    expect(refusal([await issue({ ...leaf, issuer: root, signer: impostor })])).toBe('ca_signature');
    const forged = await issue({ subject: 'sub', ...ca, issuer: root, signer: impostor });
    expect(refusal([await issue({ ...leaf, issuer: forged }), forged])).toBe('ca_signature');
  });

  it('needs CAs: basicConstraints and keyCertSign', async () => {
    for (const fields of [{ isAuthority: false }, { keyUsage: 0x80 }]) {
      expect(refusal(await chainOf(1, () => fields))).toBe('unknown_ca');
    }
    const old = await issue({ subject: 'old root', version: 1 });
    expect(refusal([await issue({ ...leaf, issuer: old })], { trusted: [old] })).toBe('taken');
    // RFC 5280 6.1.4 k: what a certificate of version 1 cannot say, an intermediate has to say.
    const below = await issue({ subject: 'old intermediate', version: 1, issuer: root });
    expect(refusal([await issue({ ...leaf, issuer: below }), below])).toBe('unknown_ca');
  });

  it('takes no certificate whose algorithm differs from the one that was signed (RFC 5280 4.1.1.2)', async () => {
    const server = await issue({ ...leaf, issuer: root });
    // The last ecdsa-with-SHA256 (1.2.840.10045.4.3.2) is the one outside; its neighbour is ecdsa-with-SHA384.
    const at = Buffer.from(server.der).lastIndexOf('2a8648ce3d040302', 'hex');
    const altered = server.der.slice();
    altered[at + 7] = 0x03;
    expect(refusal([{ ...server, der: altered }])).toBe('malformed_certificate');
  });

  it('keeps to path lengths', async () => {
    expect(refusal(await chainOf(2, (index) => (index === 0 ? { pathLength: 1 } : {})))).toBe('taken');
    expect(refusal(await chainOf(2, (index) => (index === 0 ? { pathLength: 0 } : {})))).toBe('unknown_ca');
  });

  it('counts no self-issued CA in a path length (RFC 5280 6.1.4 l)', async () => {
    // A CA that changes its key certifies the new one under its own name.
    const top = await issue({ subject: 'top', ...ca, pathLength: 1, issuer: root });
    const old = await issue({ subject: 'rolls over', ...ca, issuer: top });
    const next = await issue({ subject: 'rolls over', ...ca, issuer: old });
    expect(refusal([await issue({ ...leaf, issuer: next }), next, old, top])).toBe('taken');
    const below = await issue({ subject: 'below', ...ca, issuer: next });
    expect(refusal([await issue({ ...leaf, issuer: below }), below, next, old, top])).toBe('unknown_ca');
  });

  it('gives a path no more length for a leaf that has the name of its issuer', async () => {
    const [namesake, above] = (await chainOf(2, (index) => (index === 0 ? { pathLength: 0 } : {}))).slice(1);
    const own = await issue({ ...leaf, subject: 'intermediate 1', issuer: namesake as Issued });
    expect(refusal([own, namesake as Issued, above as Issued])).toBe('unknown_ca');
  });

  it('has at most eight intermediates (MBEDTLS_X509_MAX_INTERMEDIATE_CA)', async () => {
    expect(refusal(await chainOf(8))).toBe('taken');
    expect(refusal(await chainOf(9))).toBe('chain_too_long');
  });

  it('is refused for weak digests and keys', async () => {
    expect(refusal([await issue({ ...leaf, issuer: root, hash: 'SHA-1' })])).toBe('weak_digest');
    expect(refusal([await issue({ ...leaf, issuer: root, hash: 'SHA-384' })])).toBe('taken');
    expect(refusal([await issue({ ...leaf, issuer: root, curve: 'P-384' })])).toBe('unacceptable_key');
    expect(refusal([await issue({ ...leaf, issuer: root, rsaBits: 1024 })])).toBe('unacceptable_key');
    const weak = await issue({ subject: 'weak', ...ca, rsaBits: 1024 });
    expect(refusal([await issue({ ...leaf, issuer: weak })], { trusted: [weak] })).toBe('unacceptable_key');
    const wide = await issue({ subject: 'wide', ...ca, curve: 'P-384' });
    expect(refusal([await issue({ ...leaf, issuer: wide, hash: 'SHA-384' })], { trusted: [wide] })).toBe('taken');
  });
});

describe('a path, one respect at a time (RFC 5280 6.1.4)', () => {
  /** The path under a trusted root, over so many intermediates; `fields` are of the root or of the one above the leaf. */
  async function under(
    rootFields: Partial<CertificateDraft>,
    intermediates: readonly Partial<CertificateDraft>[] = [],
  ) {
    const top = await issue({ subject: 'top', ...rootFields });
    const chain: Issued[] = [];
    for (const [index, fields] of intermediates.entries()) {
      chain.unshift(await issue({ subject: `below ${index}`, issuer: chain[0] ?? top, ...fields }));
    }
    const server = await issue({ ...leaf, issuer: chain[0] ?? top });
    return refusal([server, ...chain], { trusted: [top] });
  }
  const authority = { isAuthority: true };

  it.each<[what: string, fields: Partial<CertificateDraft>, expected: string]>([
    ['a CA for everything', authority, 'taken'],
    ['a CA for certificates alone (4.2.1.3)', { ...authority, keyUsage: 0x04 }, 'taken'],
    ['a CA for all but certificates', { ...authority, keyUsage: 0xfb }, 'unknown_ca'],
    ['no CA', {}, 'unknown_ca'],
    ['no CA, that may sign certificates', { keyUsage: 0x04 }, 'unknown_ca'],
    ['a CA for no certificate below', { ...authority, pathLength: 0 }, 'taken'],
  ])('%s above a leaf: root and intermediate', async (_what, fields, expected) => {
    expect(await under(fields)).toBe(expected);
    expect(await under(authority, [fields])).toBe(expected);
  });

  it.each([
    [0, 0, 'taken'],
    [0, 1, 'unknown_ca'],
    [1, 1, 'taken'],
    [1, 2, 'unknown_ca'],
  ])('path length %i over %i intermediates', async (pathLength, count, expected) => {
    const intermediates = Array<Partial<CertificateDraft>>(count).fill(authority);
    expect(await under({ ...authority, pathLength }, intermediates)).toBe(expected);
    expect(await under(authority, [{ ...authority, pathLength }, ...intermediates])).toBe(expected);
  });

  it('an intermediate is judged as the leaf is: digest, key, signature', async () => {
    expect(await under(authority, [{ ...authority, hash: 'SHA-1' }])).toBe('weak_digest');
    expect(await under({ ...authority, hash: 'SHA-1' })).toBe('taken');
    expect(await under(authority, [{ ...authority, hash: 'SHA-512' }])).toBe('taken');
    expect(await under(authority, [{ ...authority, rsaBits: 1024 }])).toBe('unacceptable_key');
    expect(await under(authority, [{ ...authority, curve: 'P-384' }])).toBe('taken');
    const stranger = await issue({ subject: 'stranger', ...ca });
    const sub = await issue({ subject: 'sub', ...ca, issuer: root });
    const forged = await issue({ ...leaf, issuer: sub, signer: stranger });
    expect(refusal([forged, sub])).toBe('unknown_ca');
  });

  it('the name of a trusted CA that may not issue is no CA with another key', async () => {
    const stranger = await issue({ subject: 'stranger' });
    for (const [fields, expected] of [
      [authority, 'ca_signature'],
      [{}, 'unknown_ca'],
    ] as const) {
      const top = await issue({ subject: 'top', ...fields });
      const server = await issue({ ...leaf, issuer: top, signer: stranger });
      expect(refusal([server], { trusted: [top] })).toBe(expected);
    }
  });

  it('a certificate that is trusted itself must be for the host, and for servers', async () => {
    for (const [fields, expected] of [
      [{}, 'taken'],
      [{ dnsNames: ['other.test'] }, 'name_mismatch'],
      [{ keyUsage: 0x20 }, 'key_usage'],
      [{ hash: 'SHA-1' }, 'weak_digest'],
      [{ curve: 'P-384' }, 'unacceptable_key'],
    ] as const) {
      const own = await issue({ ...leaf, ...fields });
      expect(refusal([own], { trusted: [root, own] })).toBe(expected);
    }
  });

  it('the dates of a certificate that is trusted itself, and of a trusted CA, count', async () => {
    const rules = strict.certificates;
    const past = { notAfter: '2025-12-31T23:59:59Z' };
    const own = await issue({ ...leaf, ...past });
    expect(refusal([own], { trusted: [own], rules })).toBe('certificate_expired');
    for (const [dates, expected] of [
      [past, 'certificate_expired'],
      [{ notBefore: '2026-01-01T00:00:01Z' }, 'certificate_not_yet_valid'],
      [{ notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-01-01T00:00:00Z' }, 'taken'],
    ] as const) {
      const top = await issue({ subject: 'top', ...ca, ...dates });
      expect(refusal([await issue({ ...leaf, issuer: top })], { trusted: [top], rules })).toBe(expected);
    }
  });
});

describe("a server's own certificate", () => {
  it('must be usable for a TLS server', async () => {
    const purposes = (...extendedKeyUsage: string[]) => issue({ ...leaf, issuer: root, extendedKeyUsage });
    expect(refusal([await issue({ ...leaf, issuer: root, keyUsage: 0x80 })])).toBe('taken');
    expect(refusal([await issue({ ...leaf, issuer: root, keyUsage: 0x20 })])).toBe('key_usage');
    expect(refusal([await purposes('1.3.6.1.5.5.7.3.2')])).toBe('extended_key_usage');
    expect(refusal([await purposes('1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1')])).toBe('taken');
    expect(refusal([await purposes('2.5.29.37.0')])).toBe('taken');
    expect(refusal([await issue({ ...leaf, issuer: root, critical: '1.2.3.4' })])).toBe('malformed_certificate');
  });

  it.each([
    ['broker.test', 'broker.test', 'taken'],
    ['BROKER.test', 'broker.TEST', 'taken'],
    ['*.test', 'broker.test', 'taken'],
    ['*.test', 'a.broker.test', 'name_mismatch'],
    ['*.test', 'test', 'name_mismatch'],
    ['*.test', '.test', 'name_mismatch'],
    ['*.', 'broker.', 'name_mismatch'],
    ['b*.test', 'broker.test', 'name_mismatch'],
    ['broker.test', 'xbroker.test', 'name_mismatch'],
    ['broker.test', 'broker.tes', 'name_mismatch'],
    ['127.0.0.1', '127.0.0.1', 'taken'],
  ])('for %s, asked for %s: %s', async (dnsName, host, expected) => {
    const named = await issue({ subject: 'x', issuer: root, dnsNames: [dnsName] });
    expect(refusal([named], { host })).toBe(expected);
    const commonName = await issue({ subject: dnsName, issuer: root, utf8: true });
    expect(refusal([commonName], { host })).toBe(expected);
    // The common name counts only in the absence of alternative names.
    expect(refusal([await issue({ subject: dnsName, issuer: root, dnsNames: [] })], { host })).toBe('name_mismatch');
  });
});

describe('a certificate for another name', () => {
  const told = async (draft: Partial<CertificateDraft>) => {
    const { der } = await issue({ subject: 'x', issuer: root, ...draft });
    const store = new TrustStore([root.der], mbedtls.certificates);
    try {
      store.verify([der], 'broker.test', in2026);
    } catch (error) {
      return (error as Refused).message;
    }
  };
  const refused = (names: string) => `the certificate of broker.test is refused: it is for another name (${names})`;

  it('is told with the names that it has', async () => {
    expect(await told({ dnsNames: ['a.test', '*.b.test'] })).toBe(refused('it has a.test, *.b.test'));
    expect(await told({ subject: 'common' })).toBe(refused('it has common'));
    expect(await told({ dnsNames: [] })).toBe(refused('it has none'));
  });

  it('fills no terminal and steers none', async () => {
    const many = Array.from({ length: 9 }, (_, i) => `${i}.test`);
    expect(await told({ dnsNames: many })).toBe(refused('it has 0.test, 1.test, 2.test, 3.test and 5 more'));
    expect(await told({ dnsNames: ['x'.repeat(999)] })).toBe(refused(`it has ${'x'.repeat(64)}`));
    expect(await told({ subject: 'a\u001b[2J\nb', utf8: true })).toBe(refused('it has a?[2J?b'));
  });
});

describe('dates', () => {
  it('are not looked at by the firmware, which has no clock', async () => {
    const expired = await issue({ ...leaf, issuer: root, notAfter: '2021-01-01T00:00:00Z' });
    const asked = () => {
      throw new Error('the time was asked for');
    };
    expect(refusal([expired], { now: asked })).toBe('taken');
  });

  it('are looked at by the RFCs, for every certificate of the path and at every connection', async () => {
    const rules = strict.certificates;
    const server = await issue({
      ...leaf,
      issuer: root,
      notBefore: '2021-01-01T00:00:00Z',
      notAfter: '2050-01-01T00:00:00Z',
    });
    const store = new TrustStore([root.der], rules);
    const at = (iso: string) => () => {
      try {
        store.verify([server.der], 'broker.test', () => Date.parse(iso) / 1000);
        return 'taken';
      } catch (error) {
        return (error as Refused).refusal;
      }
    };
    expect(at('2020-12-31T23:59:59Z')()).toBe('certificate_not_yet_valid');
    expect(at('2021-01-01T00:00:00Z')()).toBe('taken');
    expect(at('2049-12-31T23:59:59Z')()).toBe('taken');
    // The root ends a second before the leaf does.
    expect(at('2050-01-01T00:00:00Z')()).toBe('certificate_expired');
  });

  it.each([
    ['certificate_expired', { notAfter: '2025-12-31T23:59:59Z' }],
    ['certificate_not_yet_valid', { notBefore: '2026-01-01T00:00:01Z' }],
  ] as const)('of an intermediate count too: %s', async (problem, dates) => {
    const rules = strict.certificates;
    for (const place of [0, 1]) {
      const chain = await chainOf(2, (index) => (index === place ? dates : {}));
      expect(refusal(chain, { rules })).toBe(problem);
    }
    expect(refusal(await chainOf(2), { rules })).toBe('taken');
  });
});

describe('a certificate with two faults', () => {
  /** What makes a certificate have a problem, each by itself. */
  const faults = {
    unknown_ca: {},
    ca_signature: {},
    chain_too_long: {},
    name_mismatch: { dnsNames: ['other.test'] },
    key_usage: { keyUsage: 0x20 },
    extended_key_usage: { extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] },
    unacceptable_key: { curve: 'P-384' },
    certificate_expired: { notAfter: '2025-01-01T00:00:00Z' },
    certificate_not_yet_valid: { notBefore: '2027-01-01T00:00:00Z' },
    weak_digest: { hash: 'SHA-1' },
  } as const satisfies Record<string, Partial<CertificateDraft>>;
  type Fault = keyof typeof faults;
  /** Of each of these a chain has one at most. */
  const exclusive: readonly (readonly Fault[])[] = [
    ['unknown_ca', 'ca_signature', 'chain_too_long'],
    ['certificate_expired', 'certificate_not_yet_valid'],
  ];
  const together = (first: Fault, second: Fault) =>
    !exclusive.some((group) => group.includes(first) && group.includes(second));

  let impostor: Issued;
  let long: Issued[];
  beforeAll(async () => {
    impostor = await issue({ subject: 'root', ...ca });
    long = (await chainOf(9)).slice(1);
  });

  async function chainWith(...names: readonly Fault[]): Promise<readonly Issued[]> {
    const fields = Object.assign({}, ...names.map((fault) => faults[fault]));
    const above = names.includes('chain_too_long') ? long : [];
    const [issuer = root] = above;
    const signer = names.includes('ca_signature') ? { signer: impostor } : {};
    return [await issue({ ...leaf, issuer, ...signer, ...fields }), ...above];
  }

  it.each([
    [
      'mbedtls_ssl_parse_certificate looks at its flags',
      mbedtls,
      [
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
    ],
    [
      'RFC 5280 6.1 and RFC 6125 6 do: the path first, its end and its name last',
      strict,
      [
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
    ],
  ] as const)('is told by the first in the order in which %s', async (_whose, policy, order) => {
    const rules = { ...policy.certificates, checkDates: true };
    for (const [place, first] of order.entries()) {
      for (const second of [first, ...order.slice(place + 1)]) {
        if (first !== second && !together(first, second)) continue;
        const pair = [first, second];
        const trusted = pair.includes('unknown_ca') ? [await issue({ subject: 'nobody', ...ca })] : [root];
        expect([...pair, refusal(await chainWith(...pair), { rules, trusted })]).toEqual([...pair, first]);
      }
    }
  });
});

describe('a trust store', () => {
  it('keeps 64 verdicts, and then begins anew', async () => {
    const server = await issue({ subject: 'x', issuer: root, dnsNames: ['*.test'] });
    const store = new TrustStore([root.der], mbedtls.certificates);
    const verdict = (host: number) => store.verify([server.der], `${host}.test`, in2026);
    const first = verdict(0);
    for (let host = 1; host < 64; host++) verdict(host);
    expect(verdict(0)).toBe(first);
    verdict(64);
    expect(verdict(0)).not.toBe(first);
  });

  it('judges a chain with one more certificate, or another, for itself', async () => {
    const [server, second, first] = (await chainOf(2)) as [Issued, Issued, Issued];
    const store = new TrustStore([root.der], mbedtls.certificates);
    const take = (...chain: readonly Issued[]) =>
      store.verify(
        chain.map(({ der }) => der),
        'broker.test',
        in2026,
      );
    expect(() => take(server)).toThrow(Refused);
    expect(() => take(server, second)).toThrow(Refused);
    expect(take(server, second, first)).toBeDefined();
    expect(() => take(server, first, second)).toThrow(Refused);
    expect(() => take(server)).toThrow(Refused);
  });

  it('takes PEM bundles and DER', async () => {
    const other = await issue({ subject: 'other', ...ca });
    const pem = [other, root].map(({ der }) => {
      const body = Buffer.from(der).toString('base64').replaceAll(/.{64}/g, '$&\n');
      return `comment\n-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
    });
    const server = await issue({ ...leaf, issuer: root });
    const store = new TrustStore([pem.join('')], mbedtls.certificates);
    expect(store.verify([server.der], 'broker.test', in2026).curve).toBe('prime256v1');
    expect(() => store.verify([server.der], 'other.test', in2026)).toThrow(Refused);
  });

  it('verifies a chain once: the same key object comes back', async () => {
    const server = await issue({ ...leaf, issuer: root });
    const store = new TrustStore([root.der], mbedtls.certificates);
    const first = store.verify([server.der], 'broker.test', in2026);
    expect(store.verify([server.der.slice()], 'broker.test', in2026)).toBe(first);
  });

  it('refuses to trust no one, or nonsense', () => {
    const rules = mbedtls.certificates;
    expect(() => new TrustStore([], rules)).toThrow(expect.objectContaining({ code: 'EMU_E_TLS_NO_AUTHORITY' }));
    expect(() => new TrustStore(['hello'], rules)).toThrow(expect.objectContaining({ code: 'EMU_E_PEM_EMPTY' }));
    const cause = expect.objectContaining({ code: 'EMU_E_DER_MALFORMED' });
    expect(() => new TrustStore([Uint8Array.of(0x30, 0)], rules)).toThrow(
      expect.objectContaining({ code: 'EMU_E_CERTIFICATE_MALFORMED', cause }),
    );
  });
});

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  definitionFrom,
  type Rebuilt,
  rebuildDevice,
  rebuildSigner,
  unpadPublicKey,
} from '../../../../emulator/host-library/index.ts';
import { type Chain, chainAt, type Damage, hex, type RebuildExpectation, unhex, vectors } from './vectors.ts';

/** Rebuilds as the firmware does, from the chain's own definitions and the contents of the slots. */
function rebuild(chain: Chain, change: Damage['change'] = {}) {
  const slots = { ...chain.slots, ...change };
  const signer = rebuildSigner({
    definition: definitionFrom(unhex(chain.der.signer), 'signer'),
    compressed: unhex(slots[12]),
    record: unhex(slots[14]),
    publicKey72: unhex(slots[11]),
    authorityKey72: unhex(slots[15]),
  });
  const device = rebuildDevice({
    definition: definitionFrom(unhex(chain.der.device), 'device'),
    compressed: unhex(slots[10]),
    publicKey64: unhex(change.devicePub ?? chain.pub.device),
    authorityKey72: unhex(slots[11]),
    commonName: unhex(slots[8]),
  });
  return { signer, device };
}

function keyOf(point: Uint8Array): KeyObject {
  const [x, y] = [point.subarray(0, 32), point.subarray(32)].map((part) => Buffer.from(part).toString('base64url'));
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, format: 'jwk' });
}

function parse(rebuilt: Rebuilt): X509Certificate | undefined {
  if (rebuilt.status !== 0) return undefined;
  try {
    return new X509Certificate(rebuilt.der);
  } catch {
    return undefined;
  }
}

function verifies(rebuilt: Rebuilt, key: KeyObject | undefined): boolean {
  return key !== undefined && (parse(rebuilt)?.verify(key) ?? false);
}

/** What the vectors say about one rebuilt certificate. */
function judge(rebuilt: Rebuilt, issued: string, serial: string, key: KeyObject): RebuildExpectation {
  if (rebuilt.status !== 0) return { status: rebuilt.status };
  const der = hex(rebuilt.der);
  const sameAsIssued = der === issued;
  return {
    status: 0,
    sameAsIssued,
    serialMatches: der.slice(30, 62) === serial,
    signatureVerifies: verifies(rebuilt, key),
    ...(sameAsIssued ? {} : { der }),
  };
}

function outcome(signer: RebuildExpectation, device: RebuildExpectation) {
  const both = [signer, device];
  if (both.some(({ status }) => status !== 0)) return 'rebuild-fails';
  if (both.some(({ serialMatches }) => !serialMatches)) return 'serial-mismatch';
  return both.every(({ signatureVerifies }) => signatureVerifies) ? 'no-effect' : 'does-not-verify';
}

test('the vectors are all there', () => {
  expect([vectors.chains.length, vectors.negatives.length, vectors.controls.length]).toEqual([160, 30, 7]);
});

describe('an issued chain comes back from the chip byte for byte', () => {
  test.each(vectors.chains)('chain $i', (chain) => {
    const { signer, device } = rebuild(chain);
    expect(signer).toEqual({ status: 0, der: unhex(chain.der.signer) });
    expect(device).toEqual({ status: 0, der: unhex(chain.der.device) });
    expect(verifies(signer, keyOf(unhex(chain.pub.root)))).toBe(true);
    expect(verifies(device, keyOf(unhex(chain.pub.signer)))).toBe(true);
  });

  test('slot 14 as written serves as well as the bare record', () => {
    for (const chain of vectors.chains) {
      expect(rebuild(chain, { 14: chain.slot14Written })).toEqual(rebuild(chain));
    }
  });

  test('without slot 8 the name in the template stands', () => {
    for (const chain of vectors.chains.slice(0, 10)) {
      const rebuilt = rebuildDevice({
        definition: definitionFrom(unhex(chain.der.device), 'device'),
        compressed: unhex(chain.slots[10]),
        publicKey64: unhex(chain.pub.device),
        authorityKey72: unhex(chain.slots[11]),
      });
      expect(rebuilt).toEqual({ status: 0, der: unhex(chain.der.device) });
    }
  });
});

describe('one definition serves a fleet', () => {
  test('a template keeps nothing of the certificate it was made from but its names', () => {
    for (const chain of vectors.chains) {
      const template = unhex(chain.der.device);
      const definition = definitionFrom(template, 'device');
      const { serialNumber, notBefore, publicKey, subjectKeyId, authorityKeyId, commonName, signature } =
        definition.elements;
      for (const { offset, count } of [serialNumber, publicKey, subjectKeyId, authorityKeyId, commonName, notBefore]) {
        definition.template.fill(0x78, offset, offset + count);
      }
      definition.template.fill(0xff, signature.offset);
      definition.template.fill(0xff, 2, 4);
      const rebuilt = rebuildDevice({
        definition,
        compressed: unhex(chain.slots[10]),
        publicKey64: unhex(chain.pub.device),
        authorityKey72: unhex(chain.slots[11]),
        commonName: unhex(chain.slots[8]),
      });
      expect(rebuilt).toEqual({ status: 0, der: template });
    }
  });
});

describe.each([
  ['damaged slots', vectors.negatives],
  ['harmless changes', vectors.controls],
] as const)('%s', (_title, damages) => {
  test.each(damages)('$kind: $what', ({ chain: i, change, ...expectations }) => {
    const chain = chainAt(i);
    const expected = expectations.expect2019 ?? expectations.expect;
    const rebuilt = rebuild(chain, change);
    const slot11 = keyOf(unpadPublicKey(unhex(change[11] ?? chain.slots[11])));
    const root = keyOf(unhex(chain.pub.root));
    const signer = judge(rebuilt.signer, chain.der.signer, chain.sn.signer, root);
    const device = judge(rebuilt.device, chain.der.device, chain.sn.device, slot11);
    const { statusName: _s, ...expectedSigner } = { statusName: '', ...expected.signer };
    const { statusName: _d, ...expectedDevice } = { statusName: '', ...expected.device };
    expect(signer).toEqual(expectedSigner);
    expect(device).toEqual(expectedDevice);
    expect(outcome(signer, device)).toBe(expected.outcome);
    const chainVerifies = verifies(rebuilt.signer, root) && verifies(rebuilt.device, parse(rebuilt.signer)?.publicKey);
    expect(chainVerifies).toBe(expected.chainVerifies);
  });
});

describe('quirks of the 2019 library', () => {
  const byKind = (kind: string) => {
    const damage = [...vectors.negatives, ...vectors.controls].find((candidate) => candidate.kind === kind);
    if (damage === undefined) throw new Error(kind);
    return rebuild(chainAt(damage.chain), damage.change);
  };

  test('Quirk: the 2019 library knows format 0 alone', () => {
    expect(byKind('device-format-1').device).toEqual({ status: 4 });
    expect(byKind('ok-signer-format-1').signer).toEqual({ status: 4 });
  });

  test('format is looked at before definition, definition before dates', () => {
    const chain = chainAt(0);
    const compressed = unhex(chain.slots[10]);
    const status = () => rebuild(chain, { 10: hex(compressed) }).device.status;
    compressed.set([0xff, 0xff, 0xff], 64);
    expect(status()).toBe(5);
    compressed[69] = 0x30;
    expect(status()).toBe(11);
    compressed[70] = 0xa3;
    expect(status()).toBe(4);
  });

  test.each([0x21, 0x30, 0x10])('template and chain byte %i is another definition', (ids) => {
    const chain = chainAt(0);
    const compressed = unhex(chain.slots[10]);
    compressed[69] = ids;
    expect(rebuild(chain, { 10: hex(compressed) }).device).toEqual({ status: 11 });
  });

  test("Quirk: no month's length is looked at, so that 30 February passes", () => {
    const { device } = byKind('device-30-february');
    expect(device.status === 0 && Buffer.from(device.der).includes('0230')).toBe(true);
  });

  test('Quirk: the dates of slot 12 have to be valid, although slot 14 overwrites them unseen', () => {
    expect(byKind('signer-month-14').signer).toEqual({ status: 5 });
    const chain = chainAt(0);
    const nonsense = unhex(chain.slots[14]).fill(0x2a, 22, 35);
    const { signer } = rebuild(chain, { 14: hex(nonsense) });
    expect(signer.status === 0 && Buffer.from(signer.der).includes('*'.repeat(13))).toBe(true);
  });

  // In slot 14: 16 bytes of serial number from byte 4 on, dates of 13 from 22 and 37 on. Offsets as asn1parse has them.
  test.each([
    ['serial number', 4, 15, 16],
    ['notBefore', 22, 85, 13],
    ['notAfter', 37, 100, 13],
  ])('the %s of a signer is that of slot 14', (_field, from, to, count) => {
    const chain = chainAt(0);
    const record = unhex(chain.slots[14]).fill(0x2a, from, from + count);
    const { signer } = rebuild(chain, { 14: hex(record) });
    expect(signer).toEqual({ status: 0, der: unhex(chain.der.signer).fill(0x2a, to, to + count) });
  });

  test('Quirk: the serial number hashes dates encoded anew, so that the expire years of slot 10 are without effect', () => {
    const chain = chainAt(0);
    for (let years = 0; years < 32; years++) {
      const compressed = unhex(chain.slots[10]);
      compressed[66] = ((compressed[66] ?? 0) & 0xe0) | years;
      expect(rebuild(chain, { 10: hex(compressed) }).device).toEqual({ status: 0, der: unhex(chain.der.device) });
    }
  });
});

// RFC 5280 4.1.2.5.1: YY below 50 is 20YY, so that a UTCTime ends with 2049.
describe('a device whose template ends with a UTCTime', () => {
  /** The device of chain 0 with UTCTime 20300618100000Z for its GeneralizedTime, whose two bytes more it loses everywhere. */
  const definition = (() => {
    const text = chainAt(0).der.device;
    const at = text.indexOf('180f') / 2;
    const der = unhex(text);
    const bytes = [
      ...der.subarray(0, at),
      0x17,
      13,
      ...new TextEncoder().encode('300618100000Z'),
      ...der.subarray(at + 17),
    ];
    // Certificate, tbsCertificate and validity each have a length that counts those two.
    const validity = Buffer.from(bytes).lastIndexOf(Buffer.from([0x30, 0x20]), at);
    bytes[validity + 1] = 0x1e;
    for (const length of [2, 6]) {
      const shorter = Buffer.from(bytes).readUInt16BE(length) - 2;
      bytes.splice(length, 2, shorter >> 8, shorter & 0xff);
    }
    return { ...definitionFrom(Uint8Array.from(bytes), 'device'), expireYears: 29 };
  })();
  /** Years from 2000 (5 bits), January 1st 0 h, 29 years: … 0001 00001 00000 11101. */
  const issuedIn = (encodedDates: string) => {
    const compressed = unhex(chainAt(0).slots[10]);
    compressed.set(unhex(encodedDates), 64);
    return rebuildDevice({
      definition,
      compressed,
      publicKey64: unhex(chainAt(0).pub.device),
      authorityKey72: unhex(chainAt(0).slots[11]),
    });
  };

  test('may end in 2049', () => {
    const device = issuedIn('a0841d');
    expect(parse(device)?.validTo).toBe('Jan  1 00:00:00 2049 GMT');
  });

  test('may not end in 2050', () => {
    expect(issuedIn('a8841d')).toEqual({ status: 5 });
  });
});

test('a common name of another length than the template’s is the caller’s mistake', () => {
  expect(() => rebuild(chainAt(0), { 8: '3031' })).toThrowError(
    expect.objectContaining({ code: 'EMU_E_CERTIFICATE', value: 2 }),
  );
});

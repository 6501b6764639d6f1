import { describe, expect, it } from 'vitest';
import { DerReader, derTag, ecdsaSignatureDer, objectIdentifier } from '../../../emulator/crypto/der.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const malformed = (message: string, value?: number) =>
  expect.objectContaining({ code: 'EMU_E_DER_MALFORMED', message, ...(value === undefined ? {} : { value }) });

// X.690 8.1 and, for the shortest form, 10.1.
describe('an element of DER', () => {
  it.each([
    ['no content', '0500', 0x05, 0],
    ['one byte', '0401 aa', 0x04, 1],
    ['the longest short form', `047f ${'aa'.repeat(127)}`, 0x04, 127],
    ['the shortest long form', `048180 ${'aa'.repeat(128)}`, 0x04, 128],
    ['all that one octet can say', `0481ff ${'aa'.repeat(255)}`, 0x04, 255],
    ['two octets of length', `04820100 ${'aa'.repeat(256)}`, 0x04, 256],
    ['all that two octets can say', `0482ffff ${'aa'.repeat(65_535)}`, 0x04, 65_535],
    ['three octets of length', `0483010000 ${'aa'.repeat(65_536)}`, 0x04, 65_536],
    ['the highest tag of one byte', '1e00', 0x1e, 0],
    ['a tag of its context', 'a301 00', 0xa3, 1],
  ])('with %s', (_what, hex, tag, length) => {
    const whole = bytes(hex);
    const reader = new DerReader(Uint8Array.of(...whole, 0x05));
    const element = reader.next();
    expect([element.tag, element.content.length]).toEqual([tag, length]);
    expect(Buffer.compare(element.whole, whole)).toBe(0);
    expect(Buffer.compare(element.content, whole.subarray(whole.length - length))).toBe(0);
    expect([reader.atEnd, reader.isNext(0x05), reader.isNext(0x04)]).toEqual([false, true, false]);
  });

  it.each([
    ['nothing', '', 'an element without an end', 0],
    ['a tag alone', '04', 'an element without an end', 1],
    ['a tag of several bytes', '1f8101 00', 'a multi-byte tag', 0],
    ['a tag of several bytes of its context', 'bf8101 00', 'a multi-byte tag', 0],
    ['no definite length', '3080 0000', 'a length of 0 octets', 0],
    ['four octets of length', '048400000001 aa', 'a length of 4 octets', 0],
    ['a length that is cut off', '048201', 'an element without an end', 3],
    ['a short length in long form', `04817f ${'aa'.repeat(127)}`, 'a length that is not in its shortest form', 0],
    ['a leading zero', `048200ff ${'aa'.repeat(255)}`, 'a length that is not in its shortest form', 0],
    ['two leading zeros', `04830000ff ${'aa'.repeat(255)}`, 'a length that is not in its shortest form', 0],
    ['a leading zero of three', `048300ffff ${'aa'.repeat(65_535)}`, 'a length that is not in its shortest form', 0],
    ['a byte too few', '0402 aa', 'an element of 2 bytes that ends after its container', 0],
  ])('is malformed with %s', (_what, hex, message, offset) => {
    expect(() => new DerReader(bytes(hex)).next()).toThrow(malformed(message, offset));
  });

  it('is asked for by its tag', () => {
    const reader = () => new DerReader(bytes('0201 05 0500'));
    expect(reader().expect(derTag.integer).content).toEqual(bytes('05'));
    expect(() => reader().expect(derTag.boolean)).toThrow(malformed('tag 2 where 1 belongs'));
    expect(reader().optional(derTag.boolean)).toBeUndefined();
    expect(reader().optional(derTag.integer)?.content).toEqual(bytes('05'));
    expect(() => reader().enter(derTag.sequence)).toThrow(malformed('tag 2 where 48 belongs'));
    expect(
      reader()
        .rest()
        .map(({ tag }) => tag),
    ).toEqual([2, 5]);
    expect(() => reader().end()).toThrow(malformed('bytes after the last element', 0));
    const done = reader();
    done.rest();
    done.end();
    expect(done.optional(derTag.integer)).toBeUndefined();
  });
});

// X.660 names the top arcs; the bytes of the first three are OpenSSL's, of `openssl asn1parse -genstr OID:…`.
describe('an object identifier (X.690 8.19)', () => {
  it.each([
    ['2a8648ce3d040302', '1.2.840.10045.4.3.2'],
    ['551d13', '2.5.29.19'],
    ['2b06010505070301', '1.3.6.1.5.5.7.3.1'],
    ['00', '0.0'],
    ['27', '0.39'],
    ['28', '1.0'],
    ['4f', '1.39'],
    ['50', '2.0'],
    // The example of X.690 8.19.5.
    ['883703', '2.999.3'],
    ['2a7f', '1.2.127'],
    ['2a8100', '1.2.128'],
    ['2a818000', '1.2.16384'],
    ['2a818001', '1.2.16385'],
  ])('%s is %s', (hex, dotted) => {
    expect(objectIdentifier(bytes(hex))).toBe(dotted);
  });

  it.each([
    ['', 'an object identifier without an end'],
    ['80', 'an object identifier without an end'],
    ['2a86', 'an object identifier without an end'],
    ['2a8648ce', 'an object identifier without an end'],
    [`2a${'ff'.repeat(9)}7f`, 'an object identifier with a huge arc'],
  ])('"%s" is none', (hex, message) => {
    expect(() => objectIdentifier(bytes(hex))).toThrow(malformed(message));
  });
});

// X.690 8.3.2: the first nine bits of an INTEGER are not all alike.
it.each([
  ['00'.repeat(32), '0201 00'],
  [`${'00'.repeat(31)}7f`, '0201 7f'],
  [`${'00'.repeat(31)}80`, '0202 0080'],
  [`${'00'.repeat(30)}0100`, '0202 0100'],
  [`7f${'ff'.repeat(31)}`, `0220 7f${'ff'.repeat(31)}`],
  [`80${'00'.repeat(31)}`, `0221 0080${'00'.repeat(31)}`],
])('the number %s of a signature is %s', (number, integer) => {
  const one = bytes(integer);
  for (const [raw, expected] of [
    [`${number}${'00'.repeat(31)}01`, [...one, 2, 1, 1]],
    [`${'00'.repeat(31)}01${number}`, [2, 1, 1, ...one]],
  ] as const) {
    expect([...ecdsaSignatureDer(bytes(raw))]).toEqual([0x30, expected.length, ...expected]);
  }
});
